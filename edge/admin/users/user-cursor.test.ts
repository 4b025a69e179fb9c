import { expect, test } from "vitest";
import { newId } from "../../../shared/ids.ts";
import { encodeCursor } from "../../paging/cursor.ts";
import { decodeUserPosition, encodeUserPosition } from "./user-cursor.ts";

const id = newId("usr");
const AT = "2026-11-22T20:00:00.123456Z";

test.each([
  ["-created", ""],
  ["tag", "ann of\nrome"],
  ["-tag", ""],
  ["state_changed", AT],
] as const)("a cursor of the order %s is understood in this order only", (order, key) => {
  const cursor = encodeUserPosition(order, { key, id });
  expect(cursor).toMatch(/^[\w-]+$/);
  expect(decodeUserPosition(order, cursor)).toEqual({ key, id });
  expect(decodeUserPosition("created", cursor)).toBeUndefined();
});

test.each([
  ["tag", `tag ${id}`],
  ["tag", `tag ${id} a\0b`],
  ["tag", "tag prt_1 a"],
  ["created", `created ${id} x`],
  ["state_changed", `state_changed ${id} yesterday`],
  ["state_changed", `state_changed ${id} 2026-13-22T20:00:00.123456Z`],
] as const)("in the order %s, %j is no cursor", (order, text) => {
  expect(decodeUserPosition(order, encodeCursor(text))).toBeUndefined();
});
