import type { TestProject } from "vitest/node";
import { newSharedDatabase } from "./database-stack.ts";
import { startEdgeStack } from "./edge-stack.ts";

/** A running Worker. */
export interface SharedEdge {
  /** The root folder of the Worker's stack. */
  root: string;
  port: number;
  /** The database that the Worker was started with. */
  database: string;
}

declare module "vitest" {
  interface ProvidedContext {
    /** One edge for each vitest worker, so that each running test file has its own edge. */
    edges: readonly SharedEdge[];
  }
}

/** Vitest's global setup: starts the Workers of a project. Runs after shared-database.ts. */
export async function setup(project: TestProject): Promise<() => PromiseLike<void>> {
  await using opened = new AsyncDisposableStack();
  const edges: SharedEdge[] = [];
  for (let n = 0; n < project.config.maxWorkers; n++) {
    const database = await newSharedDatabase(project.getProvidedContext().database);
    const { context } = opened.use(await startEdgeStack(database));
    const { folder, ports } = context;
    edges.push({ root: folder.root, port: ports.edge, database: context.database });
  }
  project.provide("edges", edges);
  const owned = opened.move();
  return () => owned.disposeAsync();
}
