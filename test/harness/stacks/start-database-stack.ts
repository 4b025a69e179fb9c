import { inject } from "vitest";
import { type DatabaseStack, newSharedDatabase } from "./database-stack.ts";

/**
 * Creates a database on the PostgreSQL of the run. Tests that stop PostgreSQL use
 * startOwnDatabaseStack().
 */
export const startDatabaseStack = (): Promise<DatabaseStack> =>
  newSharedDatabase(inject("database"));
