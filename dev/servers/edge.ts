import { join } from "node:path";
import { ensurePages } from "./pages.ts";
import { inCheckout } from "../checkout.ts";
import { databaseProxyAddress } from "./database-proxy.ts";
import { HOST } from "../stack/ports.ts";
import { postgresUrl } from "./postgres.ts";
import { chooseCommand } from "./runtime.ts";
import { writePrivateFile } from "../processes/private-file.ts";
import { Program } from "../processes/program.ts";
import type { StackContext } from "../stack/stack-context.ts";

/** How long a stop may take: the edge finishes the requests that run. */
const STOP_TIMEOUT_MS = 40_000;

export const edgeUrl = ({ ports }: StackContext) => `http://${HOST}:${ports.edge}`;

/** What the edge can run on: workerd, which is the runtime of Workers, or a process of its own. */
const EDGE_PLATFORMS = ["workerd", "bun", "node"] as const;
export type EdgePlatform = (typeof EDGE_PLATFORMS)[number];

/** Returns the platform that the environment variable `EDGE` names. The default is workerd. */
export const defaultEdgePlatform = () => toEdgePlatform(process.env["EDGE"] ?? "workerd");

export function toEdgePlatform(name: string): EdgePlatform {
  const platform = EDGE_PLATFORMS.find((known) => known === name);
  if (platform) return platform;
  throw new Error(`Cannot start the edge on ${name}: wanted ${EDGE_PLATFORMS.join(", ")}`);
}

export interface EdgeOptions {
  platform?: EdgePlatform | undefined;
  /** The path of the Worker's configuration. The default is wrangler.toml. */
  config?: string | undefined;
  /** Settings that replace settings of the stack. */
  settings?: Readonly<Record<string, string>> | undefined;
}

/** Starts the edge. */
export async function startEdge(
  context: StackContext,
  { platform = defaultEdgePlatform(), config, settings: more }: EdgeOptions = {},
): Promise<Program> {
  await ensurePages();
  const { keys } = context;
  const settings = {
    MAILBOX_PUBLIC_KEYS: keys.mailbox_public_keys,
    PARTNER_KEYS: keys.partner_keys,
    PUBLIC_URL: edgeUrl(context),
    // The endpoint of the stack's webhooks is on this machine.
    ALLOW_PRIVATE_HOSTS: "true",
    DATABASE_URL: postgresUrl(context),
  };
  return platform === "workerd"
    ? await startWorker(context, { ...settings, ...more }, config)
    : await startServer(context, { ...settings, ...more }, platform);
}

type EdgeEnv = Readonly<Record<string, string>> & { PUBLIC_URL: string };

/** Starts edge/server.ts. */
const startServer = (
  context: StackContext,
  env: EdgeEnv,
  runtime: Exclude<EdgePlatform, "workerd">,
): Promise<Program> => {
  const [command, ...args] = chooseCommand(runtime);
  return Program.start({
    name: "edge",
    folder: context.folder,
    command,
    args: [...args, inCheckout("edge", "server.ts")],
    env: {
      EDGE_HOST: HOST,
      EDGE_PORT: String(context.ports.edge),
      // 0 means any free port, so that several edges can run at the same time.
      EDGE_METRICS_PORT: "0",
      ...env,
    },
    cwd: inCheckout(),
    isReady: (output) => output.includes('"event":"edge.ready"'),
    stopTimeoutMs: STOP_TIMEOUT_MS,
    signal: context.signal,
  });
};

/** Starts the Worker in workerd, as wrangler does. */
async function startWorker(
  context: StackContext,
  env: EdgeEnv,
  config = inCheckout("wrangler.toml"),
): Promise<Program> {
  const { ports, folder, signal } = context;
  const url = edgeUrl(context);
  const envFile = join(folder.root, "edge.env");
  const settings = { DATABASE_PROXY: databaseProxyAddress(context), ...env };
  // Every user of the machine can read command lines, but only the owner can read this file.
  const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
  await writePrivateFile(envFile, lines.join(""));
  return await Program.start({
    name: "edge",
    folder,
    command: process.execPath,
    args: [
      join(import.meta.dirname, "edge", "main.ts"),
      ...["--config", config, "--port", String(ports.edge)],
      // The scheme of the URLs that the Worker sees. With an HTTPS address in PUBLIC_URL, it must
      // be `https`: the edge would redirect every plain HTTP request to HTTPS.
      ...["--scheme", settings.PUBLIC_URL.startsWith("https:") ? "https" : "http"],
      ...["--env-file", envFile, "--persist-to", join(folder.root, "edge")],
    ],
    env: {
      WRANGLER_SEND_METRICS: "false",
      // By default wrangler writes a copy of the log to the home folder.
      WRANGLER_WRITE_LOGS: "false",
      CI: "1",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
    },
    cwd: inCheckout(),
    isReady: () => isHealthy(url),
    signal,
  });
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
