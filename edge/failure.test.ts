import { expect, test } from "vitest";
import { describeFailure } from "./failure.ts";

function queryError(sqlState: string, message: string) {
  const cause = Object.assign(new Error(message), { code: sqlState });
  return new Error("Failed query: insert … params: hunter2", { cause });
}

test("describeFailure() names the root cause and no parameter of a query", () => {
  const { kind, fields } = describeFailure(queryError("23514", "violates a check"));
  expect(kind).toBe("bug");
  expect(fields).toMatchObject({ error: "violates a check", sql_state: "23514" });
  expect(JSON.stringify(fields)).not.toContain("hunter2");
  expect(fields["stack"]).toContain("failure.test.ts");
});

test.each(["08006", "53300", "57P01"])(
  "describeFailure() knows %s as a database that is away",
  (s) => {
    expect(describeFailure(queryError(s, "gone")).kind).toBe("database-away");
  },
);

test.each([
  "Connection terminated unexpectedly",
  "Connection terminated due to connection timeout",
  "timeout exceeded when trying to connect",
  "Query read timeout",
  "Client has encountered a connection error and is not queryable",
])('describeFailure() knows "%s" as a database that is away', (message) => {
  const error = new Error("Failed query: …", { cause: new Error(message) });
  expect(describeFailure(error).kind).toBe("database-away");
});

test.each(["ECONNREFUSED", "ENOTFOUND", "EPIPE"])(
  "describeFailure() knows the socket's %s as a database that is away",
  (code) => {
    const cause = Object.assign(new Error("connect failed"), { code });
    expect(describeFailure(new Error("Failed query: …", { cause })).kind).toBe("database-away");
  },
);

test("describeFailure() knows an error of Neon's HTTP driver by its SQLSTATE", () => {
  const httpError = (code?: string) =>
    Object.assign(new Error("Failed"), { name: "NeonDbError", code });
  expect(describeFailure(httpError()).kind).toBe("database-away");
  expect(describeFailure(httpError("57P01")).kind).toBe("database-away");
  expect(describeFailure(httpError("23514")).kind).toBe("bug");
});

test("describeFailure() takes anything else for a bug", () => {
  expect(describeFailure(new TypeError("x is not a function")).kind).toBe("bug");
  expect(describeFailure("text").kind).toBe("bug");
});
