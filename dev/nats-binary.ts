import { spawnSync } from "node:child_process";
import { isTooOldNats, OLDEST_NATS } from "../shared/nats-version.ts";
import { unpackDebianPrograms, unpackedProgram } from "./debian-program.ts";

const PROGRAM = "nats-server";
/** Debian's suites: that with the newest server, and for tests the oldest that is accepted and one that is not. */
export const NATS_SUITES = { newest: "sid", oldest: "trixie", refused: "bookworm" };

const INSTRUCTION = `put nats-server ${OLDEST_NATS} or later into PATH (${
  process.platform === "darwin"
    ? "brew install nats-server"
    : "https://github.com/nats-io/nats-server/releases"
}), or name it in NATS_SERVER`;

/** Debian puts it where an ordinary user's PATH does not lead. */
const INSTALLED = [PROGRAM, `/usr/sbin/${PROGRAM}`, `/usr/local/sbin/${PROGRAM}`];

/**
 * Finds a nats-server that the fleet accepts in production: the one that NATS_SERVER names, else the newest of
 * Debian's archive, which is unpacked into the checkout once, else one that is installed.
 *
 * @throws {Error} with what to do where there is none.
 */
export async function natsBinary(): Promise<string> {
  const named = process.env["NATS_SERVER"];
  if (named !== undefined) return accepted(named);
  const unpacked = unpackedProgram(PROGRAM, NATS_SUITES.newest);
  if (isAccepted(unpacked)) return unpacked;
  const cause = await unpackNatsServer(NATS_SUITES.newest).catch((error: unknown) => error);
  const found = [unpacked, ...INSTALLED].find(isAccepted);
  if (found !== undefined) return found;
  throw new Error(`Cannot find nats-server: ${INSTRUCTION}`, { cause });
}

/** Unpacks the nats-server of one of Debian's suites. @returns where it is. */
export async function unpackNatsServer(suite: string): Promise<string> {
  const unpacked = unpackedProgram(PROGRAM, suite);
  if (versionOf(unpacked) === undefined) {
    await unpackDebianPrograms({ packageName: PROGRAM, paths: [`usr/sbin/${PROGRAM}`], suite });
  }
  return unpacked;
}

const isAccepted = (command: string) => !isTooOldNats(versionOf(command));

function accepted(command: string): string {
  const version = versionOf(command);
  if (!isTooOldNats(version)) return command;
  throw new Error(
    `Cannot use NATS_SERVER=${command}: found version ${version ?? "unknown"}, wanted ${OLDEST_NATS} or later`,
  );
}

/** Undefined where there is no such program, or it does not run here. */
function versionOf(command: string): string | undefined {
  const { status, stdout } = spawnSync(command, ["--version"], { encoding: "utf8" });
  return status === 0 ? /v(\d\S*)/.exec(stdout)?.[1] : undefined;
}
