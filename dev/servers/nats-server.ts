import { inCheckout } from "../checkout.ts";
import { natsBinary } from "./nats-binary.ts";
import { HOST } from "../stack/ports.ts";
import { Program } from "../processes/program.ts";
import type { StackContext } from "../stack/stack-context.ts";

export const natsUrl = ({ ports }: StackContext) => `nats://${HOST}:${ports.nats}`;

/**
 * Starts nats-server with the nats.conf of the repository.
 * @param command The nats-server to run. The default is the one of natsBinary().
 */
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
