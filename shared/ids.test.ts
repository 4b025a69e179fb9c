import { expect, test } from "vitest";
import { encodeBase62 } from "./base62.ts";
import { computeEventId, firstIdAt, newId } from "./ids.ts";

const mail = { userId: "usr_1", accountEpoch: 0, mailbox: "INBOX", uidValidity: 7, uid: 42 };

test("computeEventId() is always the same for the same mail", () => {
  expect(computeEventId(mail)).toBe("evt_Z57witGDPeggkr208o5uCDuqrhn");
});

test.each([
  ["user", { ...mail, userId: "usr_2" }],
  ["account", { ...mail, accountEpoch: 1 }],
  ["mailbox", { ...mail, mailbox: "Archive" }],
  ["UIDVALIDITY", { ...mail, uidValidity: 8 }],
  ["UID", { ...mail, uid: 43 }],
])("computeEventId() differs by %s", (_name, other) => {
  expect(computeEventId(other)).not.toBe(computeEventId(mail));
});

test("computeEventId() has no dot, so that it can be a webhook-id", () => {
  expect(computeEventId(mail)).toMatch(/^evt_[0-9A-Za-z]{27}$/);
});

test("newId() sorts by time", () => {
  const ids = [1, 2, 70_000, Date.now(), Date.now() + 1].map((ms) => newId("usr", ms));
  expect(ids.toSorted()).toEqual(ids);
  expect(ids[0]).toMatch(/^usr_[0-9A-Za-z]{22}$/);
});

test("firstIdAt() is not above an id of its time, and above all that came before", () => {
  const atMs = Date.now();
  const first = firstIdAt("aud", atMs);
  expect(first <= newId("aud", atMs)).toBe(true);
  expect(first > newId("aud", atMs - 1)).toBe(true);
});

test("encodeBase62() keeps the order of the bytes", () => {
  expect(encodeBase62(Uint8Array.of(0, 1)) < encodeBase62(Uint8Array.of(1, 0))).toBe(true);
  expect(encodeBase62(new Uint8Array(16).fill(255))).toHaveLength(22);
});
