import { countAdmins } from "../../db/admin/admin-users.ts";
import type { Db } from "../../db/client.ts";
import { dumpSchema } from "../../db/dump-schema.ts";
import { appliedMigrations, listMigrations } from "../../db/migrate.ts";
import { countUnmarkedPlainHttp } from "../../db/partners/plain-http.ts";
import { openNamedDatabase } from "../../dev/stack/named-database.ts";
import { type Finding, tryFinding } from "./finding.ts";
import { judgeMigrations, type MigrationVerdict } from "./judge-migrations.ts";
import { schemaDrift } from "./schema-drift.ts";
import { scratchSchema } from "./scratch-schema.ts";
import type { Environment } from "./settings-checks.ts";

const MAX_LINES = 10;

/** Checks the database that the settings name. Changes nothing. */
export async function checkDatabase(given: Environment): Promise<Finding[]> {
  const findings: Finding[] = [];
  let found: { applied: string[]; schema: string } | undefined;
  const reached = await tryFinding(
    "the database",
    "correct DATABASE_URL or DATABASE_CA_FILE",
    async () => {
      await using database = await openNamedDatabase(given);
      const { db } = database;
      const applied = await appliedMigrations(db);
      const verdict = judgeMigrations(await listMigrations(), applied);
      findings.push(toFinding(verdict));
      if (verdict.kind === "newer" || applied.length === 0) return undefined;
      if (verdict.kind === "current") findings.push(...(await checkRows(db)));
      found = { applied, schema: await dumpSchema(db) };
      return undefined;
    },
  );
  if (found) findings.push(await checkSchema(found));
  return [reached, ...findings];
}

const checkSchema = ({ applied, schema }: { applied: string[]; schema: string }) =>
  tryFinding("the schema", "undo the manual changes, or write a migration for them", async () => {
    const drift = schemaDrift(await scratchSchema(applied), schema);
    if (drift.length > 0) throw new Error(drift.slice(0, MAX_LINES).join("; "));
    return "as its migrations make it";
  });

const checkRows = (db: Db): Promise<Finding[]> =>
  Promise.all([
    tryFinding("admins", "npm run admin:reset sets a new password", async () => {
      const { all, withDefaultPassword } = await countAdmins(db);
      if (withDefaultPassword > 0)
        throw new Error("an admin has the default password of development");
      return all === 0 ? "none yet: npm run admin:create" : String(all);
    }),
    tryFinding(
      "webhooks",
      "change their addresses to https://, or allow plain HTTP for their partners",
      async () => {
        const count = await countUnmarkedPlainHttp(db);
        if (count > 0) throw new Error(`partners that use plain HTTP without permission: ${count}`);
        return undefined;
      },
    ),
  ]);

function toFinding(verdict: MigrationVerdict): Finding {
  const what = "migrations";
  switch (verdict.kind) {
    case "current":
      return { what, state: "good", note: "all have run" };
    case "pending":
      return {
        what,
        state: "good",
        note: `the deployment will run: ${verdict.names.join(", ")}`,
      };
    case "newer":
      return {
        what,
        state: "bad",
        fault: `the database has migrations that this checkout does not have: ${verdict.names.join(", ")}`,
        advice: "deploy from the newest checkout",
      };
    case "gap":
      return {
        what,
        state: "bad",
        fault: `${verdict.names.join(", ")} has not run, but a later migration has`,
        advice: "give it a later number",
      };
  }
}
