import { expect, test } from "vitest";
import { findSqlState, keepsConnection } from "./client.ts";

const withCode = (code: string) => Object.assign(new Error("failed"), { code });

test.each([
  ["23505", "23505", true],
  ["40P01", "40P01", true],
  ["57014", "57014", true],
  ["57P01", "57P01", false],
  ["25P03", "25P03", false],
  ["08006", "08006", false],
  ["EPIPE", undefined, false],
  ["ECONNRESET", undefined, false],
])("%s: the SQLSTATE is %s, and the connection is kept: %s", (code, sqlState, isKept) => {
  const error = new Error("Failed query", { cause: withCode(code) });
  expect(findSqlState(error)).toBe(sqlState);
  expect(keepsConnection(error)).toBe(isKept);
});
