import { inCheckout } from "../checkout.ts";
import { edgeUrl } from "./edge.ts";
import { natsUrl } from "./nats-server.ts";
import { postgresUrl } from "./postgres.ts";
import { Program } from "../processes/program.ts";
import type { StackContext } from "../stack/stack-context.ts";
import { chooseCommand, type Runtime } from "./runtime.ts";

export interface FleetOptions {
  runtime: Runtime;
  /**
   * The name of the program, of its log and of its instance. The default is `fleet`, with an
   * instance named `local`.
   */
  name?: string;
  /** Settings of the fleet that replace settings of the stack. */
  env: Readonly<Record<string, string>>;
}

/**
 * How long a stop may take. The fleet needs up to 65 s: 30 s for running attempts, 30 s until the
 * users' new owners have logged in, and 5 s to log out.
 */
const STOP_TIMEOUT_MS = 75_000;

/** Starts one instance of the fleet with both roles. */
export async function startFleet(
  context: StackContext,
  { runtime, name, env }: FleetOptions,
): Promise<Program> {
  const { keys, certificates, folder, signal } = context;
  const [command, ...args] = chooseCommand(runtime);
  return await Program.start({
    name: name ?? "fleet",
    folder,
    command,
    args: [...args, inCheckout("fleet", "main.ts")],
    env: {
      ROLE: "all",
      INSTANCE_ID: name ?? "local",
      // 0 means any free port, so that several instances can run at the same time.
      METRICS_PORT: "0",
      DATABASE_URL: postgresUrl(context),
      NATS_URL: natsUrl(context),
      MAILBOX_PRIVATE_KEYS: keys.mailbox_private_keys,
      PARTNER_KEYS: keys.partner_keys,
      PUBLIC_URL: edgeUrl(context),
      // The stack's mail servers are on this machine.
      ALLOW_PRIVATE_HOSTS: "true",
      IMAP_CA_FILE: certificates.caFile,
      // Makes Bun's engine (JSC) assume a machine with 512 MiB. With more, JSC would let the heap
      // double and keep that size.
      BUN_JSC_forceRAMSize: String(512 * 2 ** 20),
      ...env,
    },
    cwd: inCheckout(),
    isReady: (output) => output.includes('"event":"fleet.ready"'),
    stopTimeoutMs: STOP_TIMEOUT_MS,
    signal,
  });
}
