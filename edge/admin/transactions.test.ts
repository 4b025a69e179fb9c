import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/** The writes in which a decision lies between two statements. */
const WITH_TRANSACTIONS = [
  "accounts/api-tokens.ts",
  "accounts/change-role.ts",
  "admin-writes.ts",
  "events/resend.ts",
  "partners/partner-writes.ts",
];

// A transaction needs a WebSocket in a Worker, and a round trip for each statement.
test("only writes that decide between two statements open a transaction; others are batches", () => {
  const files = globSync("**/*.ts", { cwd: import.meta.dirname }).filter(
    (file) =>
      !file.endsWith(".test.ts") &&
      readFileSync(join(import.meta.dirname, file), "utf8").includes(".transaction("),
  );
  expect(files.toSorted()).toEqual(WITH_TRANSACTIONS);
});
