import { spawnSync } from "node:child_process";
import { unpackDebianProgram, unpackedProgram } from "./debian-program.ts";

const PROGRAM = "nats-server";

const INSTRUCTION =
  process.platform === "darwin"
    ? "brew install nats-server"
    : "put nats-server from https://github.com/nats-io/nats-server/releases into PATH";

/** Debian puts it where an ordinary user's PATH does not lead. */
const INSTALLED = [PROGRAM, `/usr/sbin/${PROGRAM}`, `/usr/local/sbin/${PROGRAM}`];

/** Finds nats-server, or unpacks Debian's package into the checkout, for which nobody need be root. */
export async function natsBinary(): Promise<string> {
  const found = [...INSTALLED, unpackedProgram(PROGRAM)].find(runs);
  if (found !== undefined) return found;
  try {
    return await unpackDebianProgram(PROGRAM, `usr/sbin/${PROGRAM}`);
  } catch (cause) {
    throw new Error(`Cannot find nats-server: ${INSTRUCTION}`, { cause });
  }
}

const runs = (command: string) => spawnSync(command, ["--version"]).status === 0;
