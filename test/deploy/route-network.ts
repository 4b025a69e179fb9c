import { claimPort, HOST } from "../../dev/processes/free-port.ts";
import { type MutingProxy, startMutingProxy } from "../harness/network/muting-proxy.ts";

/**
 * The network between the servers of a NATS cluster. A route is a connection between two servers,
 * and each route passes through its own proxy.
 */
export interface RouteNetwork extends AsyncDisposable {
  /** Command line arguments for every server, so that all its routes use this network. */
  args: readonly string[];
  /** Returns the addresses at which a server reaches the other servers. */
  listRoutes(server: number): readonly string[];
  /**
   * Disconnects a server from the other servers until disposed. The network drops data in both
   * directions, but clients stay connected.
   */
  partition(server: number): AsyncDisposable;
}

/** @param ports For each server, the port on which it accepts routes. */
export async function startRouteNetwork(ports: readonly number[]): Promise<RouteNetwork> {
  await using opened = new AsyncDisposableStack();
  const ways: { from: number; to: number; proxy: MutingProxy }[] = [];
  for (const from of ports.keys()) {
    for (const [to, port] of ports.entries()) {
      if (from === to) continue;
      ways.push({ from, to, proxy: opened.use(await startMutingProxy(`${HOST}:${port}`)) });
    }
  }
  // Each server advertises an address where no server listens. With the real address, the other
  // servers would connect directly and bypass the proxies.
  const nowhere = `localhost:${await claimPort()}`;
  const resources = opened.move();
  return {
    args: ["--cluster_advertise", nowhere],
    listRoutes: (server) =>
      ways.filter(({ from }) => from === server).map(({ proxy }) => byName(proxy.address)),
    partition(server) {
      const cut = ways.filter(({ from, to }) => from === server || to === server);
      for (const { proxy } of cut) proxy.become("swallow");
      return {
        async [Symbol.asyncDispose]() {
          for (const { proxy } of cut) proxy.become("pass");
        },
      };
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Replaces the IP address with the host name, because the TLS certificate is for names. */
const byName = (address: string) => address.replace(HOST, "localhost");
