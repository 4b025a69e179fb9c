import { expect, test } from "vitest";
import { framesOf, messageOf } from "./errors.ts";

const failedQuery = new Error("Failed query: insert into users … params: hunter2", {
  cause: new Error("violates a check"),
});

test("messageOf() returns the cause of a failed query without its parameters", () => {
  expect(messageOf(failedQuery)).toBe("violates a check");
});

test.each([
  [new Error("Cannot log in: refused", { cause: new Error("secret") }), "Cannot log in: refused"],
  ["text", "text"],
  [{ type: "error" }, "The connection failed"],
  [undefined, "undefined"],
])("messageOf() returns one line for any thrown value (%#)", (error, message) => {
  expect(messageOf(error)).toBe(message);
});

test("framesOf() names where it happened and nothing of the message", () => {
  expect(framesOf(failedQuery)).toContain("errors.test.ts");
  expect(framesOf(failedQuery)).not.toContain("hunter2");
  expect(framesOf("text")).toBe("");
});
