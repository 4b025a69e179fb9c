import { expect, test } from "vitest";
import { newId } from "../../shared/ids.ts";
import { parseFields } from "../middleware/valid.ts";
import { encodeCursor } from "../paging/cursor.ts";
import { pageQuery, parseCursor, showPage, toPageRange } from "./page.ts";

const id = newId("usr");
const rows = ["a", "b", "c"].map(() => ({ id: newId("usr") }));

test("a cursor is decoded to its id", () => {
  expect(parseCursor(encodeCursor(id), "usr")).toBe(id);
});

const strange: [what: string, cursor: string][] = [
  ["another list's", encodeCursor(newId("con"))],
  ["an id itself", id],
  ["a cut one", encodeCursor(id).slice(0, -4)],
  ["text that is not base64", "%%%"],
  ["nothing", ""],
  ["SQL", encodeCursor("usr_'; drop table users")],
];

test.each(strange)("parseCursor() does not take %s for a cursor", (_what, cursor) => {
  expect(parseCursor(cursor, "usr")).toBeUndefined();
});

test("pageQuery() has a default limit and reads limit and cursor", () => {
  expect(parseFields(pageQuery("usr"), {})).toEqual({ limit: 100 });
  const query = { limit: "1000", cursor: encodeCursor(id), other: "1" };
  expect(parseFields(pageQuery("usr"), query)).toEqual({ limit: 1_000, cursor: id });
});

test.each(["0", "1001", "-1", "1.5", "ten", "", "99999"])(
  "pageQuery() refuses the limit %j",
  (limit) => {
    expect(() => parseFields(pageQuery("usr"), { limit, cursor: "?" })).toThrow(
      expect.objectContaining({
        code: "invalid-input",
        fields: expect.arrayContaining([
          { pointer: "/limit", detail: "must be a whole number from 1 to 1000" },
          { pointer: "/cursor", detail: "must be a cursor of this list" },
        ]),
      }),
    );
  },
);

test("showPage() links to the next page if there is one more row than requested", () => {
  const query = { limit: 2 };
  expect(toPageRange(query).limit).toBe(3);
  const { rows: shown, headers } = showPage(rows, query, "https://x.test/list");
  expect(shown).toEqual(rows.slice(0, 2));
  const cursor = encodeCursor(rows[1]?.id ?? "");
  expect(headers.link).toBe(`<https://x.test/list?limit=2&cursor=${cursor}>; rel="next"`);
});

test("showPage() has no link on the last page", () => {
  expect(showPage(rows, { limit: 3 }, "https://x.test/list")).toEqual({ rows, headers: {} });
});
