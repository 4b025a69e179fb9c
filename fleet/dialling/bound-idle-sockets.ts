import type { Agent } from "node:http";
import type { Duplex } from "node:stream";

/** Limits the idle connections of these agents to `max` in total. */
export function boundIdleSockets(agents: readonly Agent[], max: number): void {
  const idle = () =>
    agents
      .flatMap(({ freeSockets }) => Object.values(freeSockets))
      .reduce((sum, sockets) => sum + (sockets?.length ?? 0), 0);
  for (const agent of agents) {
    // keepSocketAlive() returns whether the socket is kept, although its type does not say so.
    const keep: (socket: Duplex) => unknown = agent.keepSocketAlive.bind(agent);
    agent.keepSocketAlive = (socket) => idle() < max && keep(socket);
  }
}
