import { inject } from "vitest";
import { type DatabaseStack, newSharedDatabase } from "./database-stack.ts";

/**
 * Creates a database on the shared PostgreSQL of the test run. A test that stops PostgreSQL needs
 * startOwnDatabaseStack() instead.
 */
export const startDatabaseStack = (): Promise<DatabaseStack> =>
  newSharedDatabase(inject("database"));
