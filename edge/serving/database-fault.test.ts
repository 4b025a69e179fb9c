import { expect, test } from "vitest";
import { describeDatabaseFault } from "./database-fault.ts";

const wrapped = (message: string, code: string) =>
  new Error("Failed query: select 1", { cause: Object.assign(new Error(message), { code }) });

test.each([
  ["28P01", 'password authentication failed for user "superimap"', "password in DATABASE_URL"],
  ["28000", "no pg_hba.conf entry for host", "password in DATABASE_URL"],
  ["3D000", 'database "x" does not exist', "name of the database in DATABASE_URL"],
  ["42501", "permission denied for database", "grant the user"],
  ["53300", "sorry, too many clients already", "EDGE_DATABASE_CONNECTIONS"],
  ["57P03", "the database system is starting up", "wait"],
  ["XX000", "broken", "log of Postgres"],
])("a refusal with %s is reported with what to do", (code, message, action) => {
  const fault = describeDatabaseFault(wrapped(message, code));
  expect(fault).toEqual({ reason: message, action: expect.stringContaining(action) });
});

test.each([
  ["ECONNREFUSED", "host and port in DATABASE_URL"],
  ["ENOTFOUND", "host and port in DATABASE_URL"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "DATABASE_CA_FILE"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "DATABASE_CA_FILE"],
])("a connection that fails with %s is reported with what to do", (code, action) => {
  const fault = describeDatabaseFault(wrapped("connect failed", code));
  expect(fault.reason).toContain(code);
  expect(fault.action).toContain(action);
});

test("the first of several addresses counts", () => {
  const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
  const error = new Error("Failed query", { cause: new AggregateError([refused, refused]) });
  expect(describeDatabaseFault(error).reason).toBe("ECONNREFUSED");
});

test("a database that does not answer has no reason", () => {
  expect(describeDatabaseFault(new Error("timeout expired")).reason).toBeUndefined();
});
