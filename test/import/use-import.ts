import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { users } from "../../db/users/tables.ts";
import type { DatabaseStack } from "../harness/stacks/database-stack.ts";
import { startDatabaseStack } from "../harness/stacks/start-database-stack.ts";
import { type ImportSurroundings, runImport } from "./run-import.ts";
import { ENCRYPTED, newSuperimapDatabase, type SuperimapDatabase } from "./superimap-database.ts";

/** The login name and the encrypted password of a SuperIMAP user. */
export const PASSWORD_LOGIN = {
  login_username: "alice",
  login_password: ENCRYPTED["correct horse"],
};

/**
 * Provides the databases for the tests of a file: one database into which the import copies, and a
 * new SuperIMAP database for each test.
 */
export function useImport() {
  const opened = new AsyncDisposableStack();
  let started: { stack: DatabaseStack; source?: SuperimapDatabase } | undefined;
  beforeAll(async () => {
    started = { stack: opened.use(await startDatabaseStack()) };
  });
  beforeEach(async () => {
    const source = opened.use(await newSuperimapDatabase(stack().address.url));
    started = { stack: stack(), source };
  });
  afterAll(() => opened.disposeAsync());

  const stack = () => {
    if (!started) throw new Error("Cannot use the database: it has not started");
    return started.stack;
  };
  const source = () => {
    if (!started?.source) throw new Error("Cannot use SuperIMAP's database: it has not started");
    return started.source;
  };
  return {
    stack,
    source,
    run: (args: readonly string[] = [], surroundings: ImportSurroundings = {}) =>
      runImport(stack(), ["--from", source().url, ...args], surroundings),
    /** Returns the row of the user with this tag, from our database. */
    async readUser(tag: string) {
      const [user] = await stack().db.select().from(users).where(eq(users.tag, tag));
      return user;
    },
    async countRows() {
      const { rows } = await stack().db.execute(sql`
        select (select count(*) from partners)::int as partners, (select count(*) from users)::int as users,
               (select count(*) from imap_providers)::int as providers, (select count(*) from seen)::int as seen,
               (select count(*) from imports)::int as imports, (select count(*) from audit_log)::int as audits`);
      return rows[0];
    },
  };
}
