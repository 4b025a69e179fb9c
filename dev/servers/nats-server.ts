import { inCheckout } from "../checkout.ts";
import { natsBinary } from "./nats-binary.ts";
import { HOST } from "../stack/ports.ts";
import { Program } from "../processes/program.ts";
import type { StackContext } from "../stack/stack-context.ts";

export const natsUrl = ({ ports }: StackContext) => `nats://${HOST}:${ports.nats}`;

/** Starts nats-server with the project's nats.conf. @param command Another nats-server than the stack's own. */
export async function startNats(
  { ports, folder, signal }: StackContext,
  command?: string,
): Promise<Program> {
  return await Program.start({
    name: "nats",
    folder,
    command: command ?? (await natsBinary()),
    args: ["-c", inCheckout("nats.conf"), "-a", HOST, "-p", String(ports.nats), "-sd", folder.nats],
    isReady: (output) => output.includes("Server is ready"),
    signal,
  });
}
