import type { TestProject } from "vitest/node";
import { newSharedDatabase } from "./database-stack.ts";
import { startEdgeStack } from "./edge-stack.ts";

/** A Worker that runs. */
export interface SharedEdge {
  /** The folder of its stack. */
  root: string;
  port: number;
  /** The database that it was started with. */
  database: string;
}

declare module "vitest" {
  interface ProvidedContext {
    /** One edge for each vitest worker, so that a running file has its own. */
    edges: readonly SharedEdge[];
  }
}

/** Vitest's global setup: starts the Workers of a project. Comes after shared-database.ts. */
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
