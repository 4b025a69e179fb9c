import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import * as v from "valibot";
import { address, EnvError, parseEnv } from "../shared/env.ts";
import { toErrorText } from "../shared/errors.ts";
import { inCheckout } from "../dev/checkout.ts";
import { readStackFile } from "../dev/stack/stack-file.ts";
import { stateFolder } from "../dev/stack/state-folder.ts";
import { adoptStreams } from "./streams/adopt-streams.ts";
import { reportStreams } from "./streams/report-streams.ts";

/**
 * Settings of the fleet that this command uses. Without NATS_URL, it uses the development stack
 * that runs in this checkout.
 */
const settings = v.object({
  NATS_URL: v.optional(address("nats:", "tls:")),
  NATS_USER: v.optional(v.string()),
  NATS_PASSWORD: v.optional(v.string()),
  NATS_CA_FILE: v.optional(v.string()),
});

const TIMEOUT_MS = 10_000;

try {
  const adopter = parseAdopter(process.argv.slice(2));
  const given = parseEnv(settings, process.env);
  const { NATS_USER: user, NATS_PASSWORD: pass, NATS_CA_FILE: caFile } = given;
  const url = given.NATS_URL ?? (await runningStack())?.nats;
  if (url === undefined) {
    throw new Error("Cannot find NATS: set NATS_URL, or start one with npm start");
  }
  const connection = await connect({
    servers: url,
    timeout: TIMEOUT_MS,
    reconnect: false,
    ...(user !== undefined && { user }),
    ...(pass !== undefined && { pass }),
    ...(url.startsWith("tls:") && { tls: { ...(caFile !== undefined && { caFile }) } }),
  }).catch((cause: unknown) => {
    throw new Error(`Cannot connect to NATS: ${toErrorText(cause)}`, { cause });
  });
  try {
    const jsm = await jetstreamManager(connection, { timeout: TIMEOUT_MS });
    const report =
      adopter === undefined ? reportStreams(jsm, Date.now()) : adoptStreams(jsm, adopter);
    console.log(await report);
  } finally {
    await connection.close();
  }
} catch (error) {
  console.error(toErrorText(error));
  if (error instanceof EnvError) console.error(error.faults.join("\n"));
  process.exitCode = 1;
}

/**
 * Returns the installation id of the arguments `adopt <id>`; undefined when there are no arguments.
 */
function parseAdopter(args: readonly string[]): string | undefined {
  const [command, id = "", ...more] = args;
  if (command === undefined) return undefined;
  if (command !== "adopt" || more.length > 0) {
    throw new Error(
      `Cannot run streams ${args.join(" ")}: wanted nothing, or adopt <installation id>`,
    );
  }
  if (!/^ins_\w+$/.test(id)) {
    throw new Error(`Cannot adopt the streams: ${id || "nothing"} must be an installation's id`);
  }
  return id;
}

function runningStack() {
  return readStackFile(stateFolder(inCheckout(".dev")).stackFile);
}
