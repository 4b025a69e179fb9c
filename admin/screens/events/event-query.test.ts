import { expect, test } from "vitest";
import { parseAttemptQuery, parseEventQuery } from "./event-query.ts";

test("only known filters are taken from an address, and empty ones are left out", () => {
  const address = { state: "dead", kind: "x", text: "", user_id: "usr_1", view: "events" };
  expect(parseEventQuery(address)).toEqual({ state: "dead", user_id: "usr_1" });
  expect(parseAttemptQuery({ ...address, code: "5xx", host: "" })).toEqual({
    user_id: "usr_1",
    code: "5xx",
  });
});
