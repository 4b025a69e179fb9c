import { expect, test } from "vitest";
import { decodeTimePosition } from "../paging/time-cursor.ts";
import { cutTimePage } from "./time-page.ts";

const AT = "2026-11-22T20:00:00.123456Z";

test("there is a next page only when one more row was found", () => {
  const rows = ["a", "b", "c"].map((id) => ({ id, position: AT }));
  expect(cutTimePage(rows, 3, ({ id }) => id)).toEqual({ rows, next_cursor: null });
  expect(cutTimePage([], 3, () => "")).toEqual({ rows: [], next_cursor: null });
  const { rows: shown, next_cursor } = cutTimePage(rows, 2, ({ id }) => id);
  expect(shown.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(decodeTimePosition(next_cursor ?? "")).toEqual({ at: AT, id: "b" });
});
