import { claimPort, HOST } from "../../dev/processes/free-port.ts";
import { type MutingProxy, startMutingProxy } from "../harness/network/muting-proxy.ts";

/** The network between the servers of a cluster, with one proxy for each route. */
export interface RouteNetwork extends AsyncDisposable {
  /** Arguments for every server of the cluster, so that all routes go through this network. */
  args: readonly string[];
  /** Returns the addresses that a server uses to connect to the other servers. */
  listRoutes(server: number): readonly string[];
  /**
   * Cuts a server off from the other servers until disposed: data is lost in both directions.
   * Clients stay connected.
   */
  partition(server: number): AsyncDisposable;
}

/** @param ports The port on which each server accepts routes from the others. */
export async function startRouteNetwork(ports: readonly number[]): Promise<RouteNetwork> {
  await using opened = new AsyncDisposableStack();
  const ways: { from: number; to: number; proxy: MutingProxy }[] = [];
  for (const from of ports.keys()) {
    for (const [to, port] of ports.entries()) {
      if (from === to) continue;
      ways.push({ from, to, proxy: opened.use(await startMutingProxy(`${HOST}:${port}`)) });
    }
  }
  // Servers advertise their addresses to one another, and would bypass the proxies. No server
  // listens on this address.
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

/** Replaces the IP address by the name, because the certificate is for names. */
const byName = (address: string) => address.replace(HOST, "localhost");
