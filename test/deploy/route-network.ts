import { claimPort, HOST } from "../../dev/processes/free-port.ts";
import { type MutingProxy, startMutingProxy } from "../harness/network/muting-proxy.ts";

/** The network between the servers of a cluster, with one proxy for each route. */
export interface RouteNetwork extends AsyncDisposable {
  /** Arguments for a server, so that all routes go through this network. */
  args: readonly string[];
  /** The addresses that a server uses to connect to the others. */
  listRoutes(server: number): readonly string[];
  /**
   * Cuts a server off from the other servers until disposed: data is lost in both directions.
   * Clients stay connected.
   */
  partition(server: number): AsyncDisposable;
}

/** @param ports Where each server listens for the others. */
export async function startRouteNetwork(ports: readonly number[]): Promise<RouteNetwork> {
  await using opened = new AsyncDisposableStack();
  const ways: { from: number; to: number; proxy: MutingProxy }[] = [];
  for (const from of ports.keys()) {
    for (const [to, port] of ports.entries()) {
      if (from === to) continue;
      ways.push({ from, to, proxy: opened.use(await startMutingProxy(`${HOST}:${port}`)) });
    }
  }
  // Servers advertise their addresses to one another. No server listens on this one.
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

/** The certificate is for names. */
const byName = (address: string) => address.replace(HOST, "localhost");
