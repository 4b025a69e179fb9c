import { expect, test } from "vitest";
import { toEnvelope } from "./envelope.ts";

test("toEnvelope() says null of whatever a mail lacks", () => {
  expect(new Set(Object.values(toEnvelope(undefined)))).toEqual(new Set([null]));
});

test("toEnvelope() writes addresses in SuperIMAP's shape, and whole", () => {
  const { from, to } = toEnvelope({
    from: [{ name: "Zoë", address: "zoe@mail.example" }],
    to: [{ address: '"a@b"@mail.example' }, { name: "undisclosed-recipients", address: "" }],
  });
  expect(from).toEqual([
    { name: "Zoë", route: null, mailbox: "zoe", host: "mail.example", address: "zoe@mail.example" },
  ]);
  expect(to).toEqual([
    {
      name: null,
      route: null,
      mailbox: '"a@b"',
      host: "mail.example",
      address: '"a@b"@mail.example',
    },
    { name: "undisclosed-recipients", route: null, mailbox: null, host: null, address: null },
  ]);
});

test("toEnvelope() writes a date as mail does, and keeps one that cannot be read", () => {
  expect(toEnvelope({ date: new Date("2026-11-22T15:04:05Z") }).date).toBe(
    "Sun, 22 Nov 2026 15:04:05 +0000",
  );
  expect(toEnvelope({ date: "yesterday" }).date).toBe("yesterday");
});
