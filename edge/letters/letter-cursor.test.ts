import { expect, test } from "vitest";
import { decodeLetterPosition, encodeLetterPosition } from "./letter-cursor.ts";

test.each(["evt_4bQ", "seq-17"])("a cursor that was shown for %s is understood", (eventId) => {
  const position = { diedAtMs: 1_795_000_000_123, eventId };
  const cursor = encodeLetterPosition(position);
  expect(cursor).toMatch(/^[\w-]+$/);
  expect(decodeLetterPosition(cursor)).toEqual(position);
});

const encode = (text: string) => btoa(text).replaceAll("=", "");

test.each([
  "",
  "x",
  "%00",
  encode("1"),
  encode("1."),
  encode("x.evt_1"),
  encode("-1.evt_1"),
  encode("1.evt 1"),
  encode("1.evt_1\0"),
  encode("123456789012345.evt_1"),
])("%j is no cursor", (cursor) => {
  expect(decodeLetterPosition(cursor)).toBeUndefined();
});
