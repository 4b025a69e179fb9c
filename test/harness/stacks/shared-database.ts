import pg from "pg";
import type { TestProject } from "vitest/node";
import { migrate } from "../../../db/migrate.ts";
import { postgresUrl } from "../../../dev/servers/postgres.ts";
import { type SharedDatabase, startDatabaseServers } from "./database-stack.ts";

declare module "vitest" {
  interface ProvidedContext {
    database: SharedDatabase;
  }
}

const TEMPLATE = "template_superimap";

/**
 * Vitest's global setup. Starts the shared PostgreSQL, and creates the database that test files
 * copy. Vitest calls it once, before the test files of a project.
 */
export async function setup(project: TestProject): Promise<() => PromiseLike<void>> {
  const { context, ...servers } = await startDatabaseServers();
  const client = new pg.Client(postgresUrl(context));
  await client.connect();
  await client.query(`create database ${TEMPLATE}`);
  await client.end();
  const url = postgresUrl({ ...context, database: TEMPLATE });
  await migrate({ url });
  const { postgres, database_proxy } = context.ports;
  project.provide("database", {
    keysFile: context.folder.keysFile,
    certificates: context.certificates,
    ports: { postgres, database_proxy },
    template: TEMPLATE,
  });
  return () => servers[Symbol.asyncDispose]();
}
