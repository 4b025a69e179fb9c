import { expect, test } from "vitest";
import { formatStack, toErrorText } from "./errors.ts";

const failedQuery = new Error("Failed query: insert into users … params: hunter2", {
  cause: new Error("violates a check"),
});

test("toErrorText() returns the cause of a failed query without its parameters", () => {
  expect(toErrorText(failedQuery)).toBe("violates a check");
});

test.each([
  [new Error("Cannot log in: refused", { cause: new Error("secret") }), "Cannot log in: refused"],
  ["text", "text"],
  [{ type: "error" }, "The connection failed"],
  [undefined, "undefined"],
])("toErrorText() returns one line for any thrown value (%#)", (error, message) => {
  expect(toErrorText(error)).toBe(message);
});

test("formatStack() names where it happened and nothing of the message", () => {
  expect(formatStack(failedQuery)).toContain("errors.test.ts");
  expect(formatStack(failedQuery)).not.toContain("hunter2");
  expect(formatStack("text")).toBe("");
});
