import { expect, test } from "vitest";
import { newId } from "../../../shared/ids.ts";
import { encodeCursor } from "../../paging/cursor.ts";
import { decodePosition, encodePosition } from "./event-cursor.ts";

const position = { changeSeq: "123456789012345678", eventId: newId("evt") };

test("a cursor is decoded to its position", () => {
  expect(decodePosition(encodePosition(position))).toEqual(position);
});

const strange: [what: string, cursor: string][] = [
  ["another list's", encodeCursor(newId("usr"))],
  ["an event id", position.eventId],
  ["a negative number", encodePosition({ ...position, changeSeq: "-1" })],
  ["a number too large", encodePosition({ ...position, changeSeq: "1".repeat(19) })],
  ["SQL", encodePosition({ ...position, eventId: "evt_' or 1=1" })],
  ["NUL", encodePosition({ ...position, eventId: "evt_\0" })],
  ["text that is not base64", "%%%"],
  ["nothing", ""],
];

test.each(strange)("decodePosition() does not take %s for a cursor", (_what, cursor) => {
  expect(decodePosition(cursor)).toBeUndefined();
});
