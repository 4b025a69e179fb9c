import { inject } from "vitest";
import { type DatabaseStack, newSharedDatabase } from "./database-stack.ts";

/** A new database on the PostgreSQL of the run. A test that stops PostgreSQL takes startOwnDatabaseStack(). */
export const startDatabaseStack = (): Promise<DatabaseStack> =>
  newSharedDatabase(inject("database"));
