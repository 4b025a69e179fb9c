import { inject } from "vitest";
import { FREE_PORTS } from "../../../dev/stack/ports.ts";
import { stateFolder } from "../../../dev/stack/state-folder.ts";
import { renewDatabase, sharedContext } from "./database-stack.ts";
import {
  type EdgeStack,
  type EdgeStackOptions,
  openEdgeStack,
  startEdgeStack,
} from "./edge-stack.ts";
import { startDatabaseStack } from "./start-database-stack.ts";

/**
 * Opens the edge that shared-edge.ts has started for this vitest worker. Gives it a new database
 * without rows of earlier test files.
 */
export async function openEdge(): Promise<EdgeStack> {
  // VITEST_POOL_ID is the number of this vitest worker. The first worker has the number 1.
  const edge = inject("edges")[Number(process.env["VITEST_POOL_ID"]) - 1];
  if (!edge) throw new Error("Cannot open an edge: this worker of vitest has none");
  const { root, port, database } = edge;
  const shared = inject("database");
  const context = await sharedContext(shared, {
    folder: stateFolder(root),
    ports: { ...FREE_PORTS, edge: port },
    database,
  });
  await renewDatabase(shared, context);
  return openEdgeStack(context);
}

/** Starts an edge for one test file only, with settings of its own. */
export const startOwnEdge = async (options: EdgeStackOptions): Promise<EdgeStack> =>
  startEdgeStack(await startDatabaseStack(), options);
