import { expect, test } from "vitest";
import { newDraw } from "../draw.ts";
import { MAIL_MUTATIONS } from "./mail-mutations.ts";
import { mutateMail } from "./mutate-mail.ts";

const MAIL = "From: a@a.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\none\r\ntwo 2\r\n";

test("a seed always gives the same mail, and different seeds give different mails", () => {
  const seeds = Array.from({ length: 50 }, (_, seed) => seed);
  const mails = seeds.map((seed) => Buffer.from(mutateMail(seed).raw).toString("latin1"));
  expect(seeds.map((seed) => Buffer.from(mutateMail(seed).raw).toString("latin1"))).toEqual(mails);
  expect(new Set(mails).size).toBeGreaterThan(45);
});

test("no mail is larger than a megabyte", () => {
  const sizes = Array.from({ length: 300 }, (_, seed) => mutateMail(seed).raw.length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1_024 * 1_024);
});

test.each(Object.entries(MAIL_MUTATIONS))("%s changes a mail", (_name, mutate) => {
  const made = Array.from({ length: 20 }, (_, seed) =>
    mutate(MAIL, {
      draw: newDraw(seed),
      other: "To: b@b.example\r\n\r\nthree\r\n",
      maxBytes: 4_096,
    }),
  );
  expect(made.some((mail) => mail !== MAIL)).toBe(true);
});

test("an empty mail is mutated as well", () => {
  for (const mutate of Object.values(MAIL_MUTATIONS)) {
    expect(typeof mutate("", { draw: newDraw(1), other: "", maxBytes: 100 })).toBe("string");
  }
});
