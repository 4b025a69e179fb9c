import { expect, test } from "vitest";
import { FetchedMails } from "./fetched-mails.ts";

const SOURCE =
  "From: =?utf-8?q?Zo=C3=AB?= <zoe@example.com>\r\nSubject: a\r\n  b\r\nX-Tracer: one\r\n two\r\n\r\nX-Tracer: no\r\n";

const mails = new FetchedMails(
  [
    {
      uid: 7,
      internalDate: new Date("2026-11-30T10:00:00Z"),
      sizeBytes: SOURCE.length,
      labels: ["\\Inbox"],
      source: new TextEncoder().encode(SOURCE),
    },
  ],
  3,
);

test("mails in memory have the headers that a server would send", () => {
  expect(mails.headers).toMatchObject([
    {
      uid: 7,
      sizeBytes: SOURCE.length,
      internalDate: new Date("2026-11-30T10:00:00Z"),
      labels: new Set(["\\Inbox"]),
      envelope: { subject: "a b", from: [{ name: "Zoë", address: "zoe@example.com" }] },
    },
  ]);
});

test("they are found, and read whole or in part, by their UIDs", async () => {
  const text = (parts: Map<number, Uint8Array>) =>
    [...parts].map(([uid, bytes]) => [uid, new TextDecoder().decode(bytes)]);
  expect(await mails.searchUids(1, 6)).toEqual([]);
  expect(await mails.searchUids(1, 7)).toEqual([7]);
  expect(text(await mails.fetchBodies([6, 7]))).toEqual([[7, SOURCE]]);
  expect(text(await mails.fetchHeaderField([7], "x-tracer"))).toEqual([
    [7, "X-Tracer: one\r\n two\r\n"],
  ]);
  expect(text(await mails.fetchHeaderField([7], "X-Other"))).toEqual([]);
});
