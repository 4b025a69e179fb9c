import { expect, test } from "vitest";
import { decodeTimePosition } from "../time-cursor.ts";
import { timePageOf } from "./time-page.ts";

const AT = "2026-11-22T20:00:00.123456Z";

test("a page has a next one only when a row more was found", () => {
  const rows = ["a", "b", "c"].map((id) => ({ id, position: AT }));
  expect(timePageOf(rows, 3, ({ id }) => id)).toEqual({ rows, next_cursor: null });
  expect(timePageOf([], 3, () => "")).toEqual({ rows: [], next_cursor: null });
  const { rows: shown, next_cursor } = timePageOf(rows, 2, ({ id }) => id);
  expect(shown.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(decodeTimePosition(next_cursor ?? "")).toEqual({ at: AT, id: "b" });
});
