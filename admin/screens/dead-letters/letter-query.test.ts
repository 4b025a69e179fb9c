import { expect, test } from "vitest";
import { parseLetterQuery, toLetterBody } from "./letter-query.ts";

test.each([
  [{}, {}, { all: true }],
  [{ cursor: "x", more: "y" }, {}, { all: true }],
  [{ partner_id: "prt_1" }, { partner_id: "prt_1" }, { partner_id: "prt_1", all: true }],
  [{ error: "500", user_tag: "" }, { error: "500" }, { error: "500" }],
  [
    { partner_id: "prt_1", state: "waiting", kind: "new_mail" },
    { partner_id: "prt_1", state: "waiting", kind: "new_mail" },
    { partner_id: "prt_1", state: "waiting", kind: "new_mail" },
  ],
  [{ state: "toString", kind: "mail" }, {}, { all: true }],
])("the address %j asks for %j, and a request for %j", (address, query, body) => {
  expect(parseLetterQuery(address)).toEqual(query);
  expect(toLetterBody(parseLetterQuery(address))).toEqual(body);
});
