import type { TestProject } from "vitest/node";
import { newSharedDatabase } from "./database-stack.ts";
import { startEdgeStack } from "./edge-stack.ts";

/** A Worker that runs, and the database that it has. */
export interface SharedEdge {
  /** The folder of its stack. */
  root: string;
  port: number;
  database: string;
}

declare module "vitest" {
  interface ProvidedContext {
    edge: SharedEdge;
  }
}

/**
 * Vitest's global setup: one Worker for the files of a project that keep to partners of their own. Comes after
 * shared-database.ts.
 */
export async function setup(project: TestProject): Promise<() => PromiseLike<void>> {
  const stack = await startEdgeStack(
    await newSharedDatabase(project.getProvidedContext().database),
  );
  const { folder, ports, database } = stack.context;
  project.provide("edge", { root: folder.root, port: ports.edge, database });
  return () => stack[Symbol.asyncDispose]();
}
