import { spawnSync } from "node:child_process";
import { isTooOldNats, OLDEST_NATS } from "../../shared/nats-version.ts";
import { unpackDebianPrograms, unpackedProgram } from "../debian/debian-program.ts";
import { NATS_SUITES } from "./nats-suites.ts";

const PROGRAM = "nats-server";

const INSTRUCTION = `put nats-server ${OLDEST_NATS} or later into PATH (${
  process.platform === "darwin"
    ? "brew install nats-server"
    : "https://github.com/nats-io/nats-server/releases"
}), or name it in NATS_SERVER`;

/**
 * The commands that may start an installed nats-server. Debian installs it in /usr/sbin, which is
 * not in the PATH of ordinary users.
 */
const INSTALLED = [PROGRAM, `/usr/sbin/${PROGRAM}`, `/usr/local/sbin/${PROGRAM}`];

/**
 * Finds a nats-server whose version the fleet accepts. If NATS_SERVER is set, only that program is
 * tried. Otherwise the newest nats-server of Debian is unpacked into the checkout and tried, then
 * the installed programs.
 *
 * @throws {Error} when none is accepted. The message explains what to do.
 */
export async function natsBinary(): Promise<string> {
  const named = process.env["NATS_SERVER"] ?? "";
  if (named !== "") return accepted(named);
  const unpacked = unpackedProgram(PROGRAM, NATS_SUITES.newest);
  if (isAccepted(unpacked)) return unpacked;
  const cause = await unpackNatsServer(NATS_SUITES.newest).catch((error: unknown) => error);
  const found = [unpacked, ...INSTALLED].find(isAccepted);
  if (found !== undefined) return found;
  throw new Error(`Cannot find nats-server: ${INSTRUCTION}`, { cause });
}

/**
 * Unpacks the nats-server of a Debian suite.
 * @returns The path of the program.
 */
export async function unpackNatsServer(suite: string): Promise<string> {
  const unpacked = unpackedProgram(PROGRAM, suite);
  if (natsVersion(unpacked) === undefined) {
    await unpackDebianPrograms({ packageName: PROGRAM, paths: [`usr/sbin/${PROGRAM}`], suite });
  }
  return unpacked;
}

const isAccepted = (command: string) => !isTooOldNats(natsVersion(command));

function accepted(command: string): string {
  const version = natsVersion(command);
  if (!isTooOldNats(version)) return command;
  const found = version === undefined ? "no nats-server that runs here" : `version ${version}`;
  throw new Error(
    `Cannot use NATS_SERVER=${command}: found ${found}, wanted ${OLDEST_NATS} or later`,
  );
}

/**
 * Returns the version of a nats-server; undefined when the command is not a nats-server, or cannot
 * run here.
 */
export function natsVersion(command: string): string | undefined {
  const { status, stdout } = spawnSync(command, ["--version"], { encoding: "utf8" });
  return status === 0 ? /^nats-server: v(\d\S*)/m.exec(stdout)?.[1] : undefined;
}
