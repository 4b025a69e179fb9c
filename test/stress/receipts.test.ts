import { expect, test } from "vitest";
import { newReceipts } from "../faults/receipts.ts";

interface Told {
  mail?: number;
  id?: string;
  text?: string;
  verified?: boolean;
  timestamp?: number;
}

const webhook = ({ mail = 1, id = "evt_1", text = "x", verified = true, timestamp = 1 }: Told) => ({
  verified,
  headers: { "webhook-id": id },
  body: JSON.stringify({
    timestamp,
    signature: `signature of ${timestamp}`,
    envelope: { subject: `mail ${mail}` },
    rfc822: text,
  }),
});

const clean = { doubled: 0, forged: 0, idsWithTwoBodies: 0, mailsWithTwoIds: 0 };

test.each([
  ["two mails", [{}, { mail: 2, id: "evt_2" }], { ...clean, webhooks: 2 }],
  [
    "the same again, with another timestamp",
    [{}, { timestamp: 2 }],
    { ...clean, webhooks: 2, doubled: 1 },
  ],
  [
    "one id with two bodies",
    [{}, { text: "y" }],
    { ...clean, webhooks: 2, doubled: 1, idsWithTwoBodies: 1 },
  ],
  ["one mail under two ids", [{}, { id: "evt_2" }], { ...clean, webhooks: 2, mailsWithTwoIds: 1 }],
  ["a wrong signature", [{ verified: false }], { ...clean, webhooks: 1, forged: 1 }],
])("%s is counted as such", (_, told, totals) => {
  const receipts = newReceipts();
  for (const one of told) receipts.take(webhook(one));
  expect(receipts.totals()).toEqual(totals);
});

test("a mail is found by its number", () => {
  const receipts = newReceipts();
  receipts.take(webhook({ mail: 7 }));
  const firstMs = receipts.firstAtMs(7);
  receipts.take(webhook({ mail: 7 }));
  expect(receipts.listIds(7)).toEqual(["evt_1"]);
  expect(receipts.firstAtMs(7)).toBe(firstMs);
  expect(receipts.severalIds()).toEqual([]);
  expect(receipts.count()).toBe(1);
  expect(receipts.listIds(8)).toEqual([]);
  expect(receipts.firstAtMs(8)).toBeUndefined();
});

test("the ids of a mail that came under several are known", () => {
  const receipts = newReceipts();
  for (const id of ["evt_1", "evt_2", "evt_1"]) receipts.take(webhook({ id }));
  expect(receipts.severalIds()).toEqual([["evt_1", "evt_2"]]);
});
