import { expect, test } from "vitest";
import { afterSweepFailure, countSweepError, NO_SWEEP_ERRORS } from "./sweep-failure.ts";

const transient = { kind: "transient", reason: "connection_lost" } as const;
const refused = { kind: "auth_failed", reason: "wrong_password" } as const;

test.each([
  {
    name: "a lost connection is tried again",
    failure: transient,
    errors: 2,
    after: { kind: "retry", delayMs: 7_000 },
  },
  {
    name: "a server that fails for long ends it",
    failure: transient,
    errors: 10,
    after: { kind: "fail", error: "connection_lost" },
  },
  {
    name: "a refused login ends it at once",
    failure: refused,
    errors: 1,
    after: { kind: "fail", error: "wrong_password" },
  },
  {
    name: "trouble of our own is waited out",
    failure: null,
    errors: 50,
    after: { kind: "retry", delayMs: 15_000 },
  },
  {
    name: "a mailbox that was never read is waited for with growing pauses",
    failure: "not_read" as const,
    errors: 7,
    after: { kind: "retry", delayMs: 300_000 },
  },
  {
    name: "a mailbox that is not read for long ends it",
    failure: "not_read" as const,
    errors: 30,
    after: { kind: "fail", error: "mailbox_not_read" },
  },
])("$name", ({ failure, errors, after }) => {
  expect(afterSweepFailure(failure, errors, () => 0)).toEqual(after);
});

test("errors are counted in a row, separately for each cause", () => {
  const server = { kind: "transient", reason: "timeout" } as const;
  const failures = [null, null, "not_read", server, server, server, null] as const;
  let errors = NO_SWEEP_ERRORS;
  const counts = failures.map((failure) => (errors = countSweepError(errors, failure)).count);
  expect(counts).toEqual([1, 2, 1, 1, 2, 3, 1]);
});
