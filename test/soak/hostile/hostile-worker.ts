import { parentPort } from "node:worker_threads";
import { ATTACKS } from "../../mailbox/hostile-servers/hostile-attacks.ts";
import { startHostileServer } from "../../mailbox/hostile-servers/hostile-server.ts";

/**
 * This file runs in a thread of its own. So the hostile server does not slow down the main thread,
 * which receives the webhooks.
 */
let next = 0;
const server = await startHostileServer(() => {
  const attack = ATTACKS[next++ % ATTACKS.length];
  if (!attack) throw new Error("There are no attacks");
  return attack;
});
parentPort?.on("message", () =>
  parentPort?.postMessage({ connections: server.connections, sentBytes: server.sentBytes }, []),
);
parentPort?.postMessage({ port: server.port }, []);
