import * as v from "valibot";
import { expect, test } from "vitest";
import { tokenFields } from "./token-fields.ts";

const read = (fields: object) => v.parse(tokenFields, { access_token: "at", ...fields });

const silent: [field: string, values: unknown[]][] = [
  ["token_type", [null, "", " ", 1, {}, []]],
  [
    "expires_in",
    [null, "", " ", 0, "0", -1, "-1", 0.5, Infinity, "soon", "1e3", "0x10", "1h", true, {}, []],
  ],
  ["refresh_token", [null, "", " ", 0, false, {}, []]],
  ["scope", [null, "", " ", [], [""], [1], {}, 7, false]],
  ["id_token", [null, "", " ", 0, {}, []]],
];
const rows = silent.flatMap(([field, values]) => values.map((value) => [field, value] as const));

test.each(rows)("tokenFields take %s: %j for absent", (field, value) => {
  const parsed = read({ [field]: value });
  expect({ ...parsed, [field]: undefined }).toEqual({ access_token: "at" });
  expect(parsed).toHaveProperty(field, undefined);
});

test.each([
  [3_600, 3_600],
  ["3600", 3_600],
  [" 3599 ", 3_599],
  ["3599.5", 3_599.5],
  [1, 1],
])("tokenFields read expires_in: %j", (sent, seconds) => {
  expect(read({ expires_in: sent })).toEqual({ access_token: "at", expires_in: seconds });
});

test("tokenFields reads known fields and ignores unknown ones", () => {
  const said = { token_type: "Bearer", refresh_token: "rt", id_token: "a.b.c" };
  const lists = { scope: ["openid", "mail"], error: null, ext_expires_in: null };
  expect(read({ ...said, ...lists })).toEqual({
    access_token: "at",
    ...said,
    scope: "openid mail",
  });
});

test.each([undefined, null, "", " ", 7, {}])("tokenFields want an access token: %j", (value) => {
  expect(v.is(tokenFields, { access_token: value, expires_in: 60 })).toBe(false);
});

test.each([null, [], "at", 7])("tokenFields are of an object: %j", (answer) => {
  expect(v.is(tokenFields, answer)).toBe(false);
});
