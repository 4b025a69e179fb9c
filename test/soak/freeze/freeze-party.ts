import { freeze } from "../../harness/freeze.ts";
import type { MutingProxy } from "../../harness/network/muting-proxy.ts";
import type { FrozenParty } from "./party.ts";
import type { FreezeWorld } from "./world.ts";

/** Makes a system accept connections but give no answers, until disposed. */
export async function freezeParty(
  party: FrozenParty,
  world: FreezeWorld,
): Promise<AsyncDisposable> {
  const { cluster, nats, networks } = world;
  switch (party) {
    case "postgres":
      return freeze(cluster.programs.postgres.pid);
    case "nats":
      return freeze(cluster.programs.nats.pid);
    case "nats-of-three": {
      // The fleet's settings name this server, so the fleet is connected to it.
      const server = nats?.servers[0];
      if (!server) throw new Error("Cannot freeze one of three servers: there are none");
      return freeze(server.program.pid);
    }
    case "tokens":
    case "mail":
    case "webhook":
      return silence(networks[party]);
  }
}

/**
 * Makes a network drop all data until disposed. The data is never sent later, so the fleet must
 * recover by itself.
 */
function silence(network: MutingProxy): AsyncDisposable {
  network.become("swallow");
  return {
    async [Symbol.asyncDispose]() {
      network.become("pass");
    },
  };
}
