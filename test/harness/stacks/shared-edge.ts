import type { TestProject } from "vitest/node";
import { newSharedDatabase } from "./database-stack.ts";
import { startEdgeStack } from "./edge-stack.ts";

/** A running Worker that test files use one after another. */
export interface SharedEdge {
  /** The root folder of the Worker's stack. */
  root: string;
  port: number;
  /** The name of the database that the Worker uses. */
  database: string;
}

declare module "vitest" {
  interface ProvidedContext {
    /**
     * One edge per vitest worker, so that test files that run at the same time do not share an
     * edge.
     */
    edges: readonly SharedEdge[];
  }
}

/**
 * Vitest's global setup. Starts the Workers of a project. Vitest calls it after shared-database.ts.
 */
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
