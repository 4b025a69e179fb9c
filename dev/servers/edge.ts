import { join } from "node:path";
import { ensurePages } from "./pages.ts";
import { inCheckout } from "../checkout.ts";
import { databaseProxyAddress } from "./database-proxy.ts";
import { HOST } from "../stack/ports.ts";
import { postgresUrl } from "./postgres.ts";
import { writePrivateFile } from "../processes/private-file.ts";
import { Program } from "../processes/program.ts";
import type { StackContext } from "../stack/stack-context.ts";

export const edgeUrl = ({ ports }: StackContext) => `http://${HOST}:${ports.edge}`;

/**
 * Starts the Worker in workerd, as wrangler does.
 *
 * @param config The path of the Worker's configuration. The default is wrangler.toml.
 * @param more Settings that replace settings of the stack.
 */
export async function startEdge(
  context: StackContext,
  config: string = inCheckout("wrangler.toml"),
  more: Readonly<Record<string, string>> = {},
): Promise<Program> {
  await ensurePages();
  const { ports, keys, folder, signal } = context;
  const url = edgeUrl(context);
  const envFile = join(folder.root, "edge.env");
  const settings = {
    DATABASE_URL: postgresUrl(context),
    DATABASE_PROXY: databaseProxyAddress(context),
    MAILBOX_PUBLIC_KEYS: keys.mailbox_public_keys,
    PARTNER_KEYS: keys.partner_keys,
    PUBLIC_URL: url,
    // The endpoint of the stack's webhooks is on this machine.
    ALLOW_PRIVATE_HOSTS: "true",
    ...more,
  };
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
