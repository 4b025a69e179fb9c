import { inject } from "vitest";
import { type DatabaseStack, newSharedDatabase } from "./database-stack.ts";

/**
 * Creates a database on the PostgreSQL of the test run. Tests that stop PostgreSQL use
 * startOwnDatabaseStack() instead.
 */
export const startDatabaseStack = (): Promise<DatabaseStack> =>
  newSharedDatabase(inject("database"));
