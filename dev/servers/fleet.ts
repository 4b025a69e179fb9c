import { inCheckout } from "../checkout.ts";
import { databaseProxyAddress } from "./database-proxy.ts";
import { edgeUrl } from "./edge.ts";
import { natsUrl } from "./nats-server.ts";
import { postgresUrl } from "./postgres.ts";
import { Program } from "../processes/program.ts";
import type { StackContext } from "../stack/stack-context.ts";

export const RUNTIMES = ["bun", "deno", "node"] as const;
export type Runtime = (typeof RUNTIMES)[number];

export interface FleetOptions {
  runtime: Runtime;
  /** Of the program, its log and its instance; `fleet` and `local` for the only one. */
  name?: string;
  /** More settings. */
  env: Readonly<Record<string, string>>;
}

/** Draining lets attempts end (30 s), new owners connect (30 s) and mailboxes log out (5 s). */
const STOP_TIMEOUT_MS = 75_000;

/** One instance with both roles. */
export async function startFleet(
  context: StackContext,
  { runtime, name, env }: FleetOptions,
): Promise<Program> {
  const { keys, certificates, folder, signal } = context;
  const [command, ...args] = commandOf(runtime);
  return await Program.start({
    name: name ?? "fleet",
    folder,
    command,
    args: [...args, inCheckout("fleet", "main.ts")],
    env: {
      ROLE: "all",
      INSTANCE_ID: name ?? "local",
      // Any free one: several instances run side by side.
      METRICS_PORT: "0",
      DATABASE_URL: postgresUrl(context),
      DATABASE_PROXY: databaseProxyAddress(context),
      NATS_URL: natsUrl(context),
      MAILBOX_PRIVATE_KEYS: keys.mailbox_private_keys,
      PARTNER_KEYS: keys.partner_keys,
      PUBLIC_URL: edgeUrl(context),
      // The mail servers of the stack are on this machine.
      ALLOW_PRIVATE_HOSTS: "true",
      IMAP_CA_FILE: certificates.caFile,
      // By default a heap may double as long as it is small beside the machine's memory, and stays so.
      BUN_JSC_forceRAMSize: String(256 * 2 ** 20),
      ...env,
    },
    cwd: inCheckout(),
    isReady: (output) => output.includes('"event":"fleet.ready"'),
    stopTimeoutMs: STOP_TIMEOUT_MS,
    signal,
  });
}

/** The programs themselves, not npm's scripts around them: those do not pass every signal on. */
function commandOf(runtime: Runtime): [string, ...string[]] {
  switch (runtime) {
    case "bun":
      return [inCheckout("node_modules", "bun", "bin", "bun.exe"), "run", "--no-install"];
    case "deno":
      return [inCheckout("node_modules", "deno", "deno"), "run", "-A", "--no-lock", "--no-prompt"];
    case "node":
      return [process.execPath];
  }
}
