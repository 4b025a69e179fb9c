import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

// A transaction needs a WebSocket in a Worker, and a round trip for each statement.
test("only the removal of a partner opens a transaction; other writes are batches", () => {
  const files = globSync("**/*.ts", { cwd: import.meta.dirname }).filter(
    (file) =>
      !file.endsWith(".test.ts") &&
      readFileSync(join(import.meta.dirname, file), "utf8").includes(".transaction("),
  );
  expect(files).toEqual(["partners/partner-writes.ts"]);
});
