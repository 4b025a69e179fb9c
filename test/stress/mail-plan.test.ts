import { expect, test } from "vitest";
import { seededRandom } from "../imap-server/chaos/seeded-random.ts";
import { FATES, planMail } from "./mail-plan.ts";

const MAILS = 1_000;
const logins = ["ann", "bob", "cleo"];

const planAll = (seed: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: MAILS }, (_, n) => planMail(n, { logins, seed, random }));
};

test("the same seed plans the same mails, another seed others", () => {
  expect(planAll(1)).toEqual(planAll(1));
  expect(planAll(1)).not.toEqual(planAll(2));
});

test("every user gets mail, and every fate occurs", () => {
  const mails = planAll(3);
  expect(new Set(mails.map(({ login }) => login))).toEqual(new Set(logins));
  expect(new Set(mails.map(({ fate }) => fate))).toEqual(new Set(FATES));
  const meant = mails.filter(({ fate }) => fate === "delivered").length;
  expect(meant / MAILS).toBeGreaterThan(0.94);
});

test("a mail says its number, and has a Message-ID of its own", () => {
  const mails = planAll(4);
  for (const { n, raw, messageId } of mails) {
    expect(raw).toContain(`\r\nSubject: mail ${n}\r\n`);
    expect(raw).toContain(`\r\nMessage-ID: ${messageId}\r\n`);
  }
  expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(MAILS);
});
