import { freeze } from "../../harness/freeze.ts";
import type { MutingProxy } from "../../harness/network/muting-proxy.ts";
import type { FrozenParty } from "./party.ts";
import type { FreezeWorld } from "./world.ts";

/** Makes the party accept connections without answering, until the result is disposed. */
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
      // The fleet is connected to the server in its settings.
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
 * Makes a network lose all data until disposed. Nothing is sent later, so only the fleet itself can
 * recover.
 */
function silence(network: MutingProxy): AsyncDisposable {
  network.become("swallow");
  return {
    async [Symbol.asyncDispose]() {
      network.become("pass");
    },
  };
}
