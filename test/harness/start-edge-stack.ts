import { inject } from "vitest";
import { readKeys } from "../../dev/keys.ts";
import { FREE_PORTS } from "../../dev/ports.ts";
import { stateFolder } from "../../dev/state-folder.ts";
import {
  type EdgeStack,
  type EdgeStackOptions,
  openEdgeStack,
  startEdgeStack,
} from "./edge-stack.ts";
import { startDatabaseStack } from "./start-database-stack.ts";

/** An edge for one file, with a database of its own. */
export const startOwnEdge = async (options?: EdgeStackOptions): Promise<EdgeStack> =>
  startEdgeStack(await startDatabaseStack(), options);

/** The edge of the run (shared-edge.ts): for tests that look at nothing but what they made. */
export async function openSharedEdge(): Promise<EdgeStack> {
  const { keysFile, certificates, ports } = inject("database");
  const { root, port, database } = inject("edge");
  const keys = await readKeys(keysFile);
  if (!keys) throw new Error(`Cannot use the edge of the run: no keys in ${keysFile}`);
  return openEdgeStack({
    folder: stateFolder(root),
    keys,
    ports: { ...FREE_PORTS, ...ports, edge: port },
    database,
    certificates,
    durable: false,
    signal: new AbortController().signal,
  });
}
