import { readFile } from "node:fs/promises";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inCheckout } from "../../dev/checkout.ts";
import type { DatabaseStack } from "../harness/stacks/database-stack.ts";
import { startDatabaseStack } from "../harness/stacks/start-database-stack.ts";

const runbook = await readFile(inCheckout("docs", "runbook.md"), "utf8");
const queries = [...runbook.matchAll(/^ *```sql\n([\s\S]*?)^ *```$/gm)].map(
  ([, text = ""]) => text,
);
const headings = new Set(
  [...runbook.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  ),
);
const links = [...runbook.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = ""]) => anchor);

let stack: DatabaseStack;
beforeAll(async () => {
  stack = await startDatabaseStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

test.each(queries)("a query of the runbook is answered: %s", async (query) => {
  const rollBack = new Error("Looked, and changed nothing");
  const running = stack.db.transaction(async (tx) => {
    await tx.execute(sql.raw(query));
    throw rollBack;
  });
  await expect(running).rejects.toBe(rollBack);
});

test.each([...new Set(links)])("the runbook's link #%s leads somewhere", (anchor) => {
  expect(headings).toContain(anchor);
});
