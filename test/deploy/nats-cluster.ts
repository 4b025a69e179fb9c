import { join } from "node:path";
import { inCheckout } from "../../dev/checkout.ts";
import { natsBinary } from "../../dev/servers/nats-binary.ts";
import { claimPort, HOST } from "../../dev/processes/free-port.ts";
import { Program } from "../../dev/processes/program.ts";
import { runCommand } from "../../dev/processes/run-command.ts";
import { prepareStateFolder, stateFolder } from "../../dev/stack/state-folder.ts";
import { temporaryFolder } from "../../dev/processes/temporary-folder.ts";
import { type RouteNetwork, startRouteNetwork } from "./route-network.ts";

/** Three NATS servers with the production configuration, TLS and passwords. */
export interface NatsCluster extends AsyncDisposable {
  servers: readonly { url: string; program: Program }[];
  /** The settings with which a fleet uses this cluster. */
  fleetSettings: Readonly<Record<string, string>>;
  caFile: string;
  /** The network between the servers. */
  network: RouteNetwork;
  /** The folder with the data of all three servers. */
  storeFolder: string;
}

/** The passwords of the NATS users. Each password equals the user's name. */
const PASSWORDS = {
  FLEET_PASSWORD: "fleet",
  OPERATOR_PASSWORD: "operator",
  MONITOR_PASSWORD: "monitor",
  SYSTEM_PASSWORD: "system",
};

/** The environment variables that nats.prod.conf needs, for servers on this machine. */
const natsEnvironment = (routes: readonly string[]) => ({
  ...PASSWORDS,
  JETSTREAM_KEY: "key_of_the_test",
  // The command line option `-m` overrides this port.
  NATS_MONITOR: JSON.stringify(`${HOST}:8222`),
  NATS_HOST: JSON.stringify(HOST),
  NATS_ROUTES: JSON.stringify(routes),
});

export async function startNatsCluster(): Promise<NatsCluster> {
  await using opened = new AsyncDisposableStack();
  const { path } = opened.use(await temporaryFolder());
  const folder = stateFolder(path);
  await prepareStateFolder(folder);
  await runCommand("sh", {
    args: [inCheckout("ops", "nats", "certificates.sh"), folder.certificates, "localhost", HOST],
  });
  const machines = await Promise.all(
    ["nats-1", "nats-2", "nats-3"].map(async (name) => ({
      name,
      client: await claimPort(),
      route: await claimPort(),
      monitor: await claimPort(),
    })),
  );
  const network = opened.use(await startRouteNetwork(machines.map(({ route }) => route)));
  const command = await natsBinary();
  const starting = machines.map(({ name, client, route, monitor }, n) =>
    Program.start({
      name,
      folder,
      command,
      args: [
        ...["-c", inCheckout("ops", "nats", "nats.prod.conf"), "--name", name],
        ...["-p", String(client), "-m", String(monitor), "--cluster", `nats://${HOST}:${route}`],
        ...["-sd", join(folder.nats, name), ...network.args],
      ],
      env: natsEnvironment(network.listRoutes(n).map((address) => `nats-route://${address}`)),
      cwd: path,
      isReady: () => isHealthy(monitor),
      signal: new AbortController().signal,
    }),
  );
  const programs = await Promise.all(starting);
  for (const program of programs) opened.use(program);
  const servers = programs.map((program, n) => ({
    url: `tls://localhost:${machines[n]?.client}`,
    program,
  }));
  const caFile = join(folder.certificates, "ca.pem");
  const resources = opened.move();
  return {
    servers,
    network,
    caFile,
    storeFolder: folder.nats,
    fleetSettings: {
      NATS_URL: servers[0]?.url ?? "",
      NATS_USER: "fleet",
      NATS_PASSWORD: PASSWORDS.FLEET_PASSWORD,
      NATS_CA_FILE: caFile,
      STREAM_REPLICAS: "3",
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Returns whether the server follows a leader and is up to date. */
async function isHealthy(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://${HOST}:${port}/healthz`);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
