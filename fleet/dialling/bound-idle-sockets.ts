import type { Agent } from "node:http";
import type { Duplex } from "node:stream";

/** Lets these agents together keep at most so many connections that nobody uses. */
export function boundIdleSockets(agents: readonly Agent[], max: number): void {
  const idle = () =>
    agents
      .flatMap(({ freeSockets }) => Object.values(freeSockets))
      .reduce((sum, sockets) => sum + (sockets?.length ?? 0), 0);
  for (const agent of agents) {
    // It says whether the socket is kept, though its type does not.
    const keep: (socket: Duplex) => unknown = agent.keepSocketAlive.bind(agent);
    agent.keepSocketAlive = (socket) => idle() < max && keep(socket);
  }
}
