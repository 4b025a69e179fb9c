import { expect, test } from "vitest";
import { decodeTimePosition, encodeTimePosition } from "./time-cursor.ts";

const AT = "2026-11-22T20:00:00.123456Z";

test.each(["evt_4bQ", "seq-17", "5f8c6a1e"])(
  "a cursor that was shown for %s is understood",
  (id) => {
    const cursor = encodeTimePosition({ at: AT, id });
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(decodeTimePosition(cursor)).toEqual({ at: AT, id });
  },
);

const encode = (text: string) => btoa(text).replaceAll("=", "");

test.each([
  "",
  "x",
  "%00",
  encode(AT),
  encode(`${AT} `),
  encode(`${AT} evt 1`),
  encode(`${AT} evt_1\0`),
  encode(`${AT}; drop table users evt_1`),
  encode("2026-13-22T20:00:00.123456Z evt_1"),
  encode("2026-11-22T20:00:00.123Z evt_1"),
])("%j is no cursor", (cursor) => {
  expect(decodeTimePosition(cursor)).toBeUndefined();
});
