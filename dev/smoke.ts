import { parseArgs } from "node:util";
import * as v from "valibot";
import { inCheckout } from "./checkout.ts";
import { toEdgePlatform } from "./servers/edge.ts";
import { RUNTIMES } from "./servers/runtime.ts";
import { describeError } from "./terminal/describe-error.ts";
import { untilInterrupted } from "./terminal/interruption.ts";
import { roundTrip } from "./seed/round-trip.ts";
import { startStack } from "./stack/stack.ts";
import { readStackFile } from "./stack/stack-file.ts";
import { stateFolder } from "./stack/state-folder.ts";

const known = v.picklist(RUNTIMES, `--runtime: must be one of ${RUNTIMES.join(", ")}`);
const interrupted = untilInterrupted(() => process.exit(130));

try {
  console.log(`mail → webhook in ${await smoke()} ms`);
} catch (error) {
  console.error(describeError(error));
  process.exitCode = 1;
}
process.exit();

/**
 * Sends a mail through the running stack. Starts a new stack if none runs, or if a runtime of the
 * fleet or a platform of the edge is given.
 * Returns the time from the mail to its webhook, in ms.
 */
async function smoke(): Promise<number> {
  const { values } = parseArgs({
    options: { runtime: { type: "string" }, edge: { type: "string" } },
  });
  const edge = values.edge === undefined ? undefined : toEdgePlatform(values.edge);
  const runtime = v.parse(v.optional(known), values.runtime);
  const running = await readStackFile(stateFolder(inCheckout(".dev")).stackFile);
  const isChosen = runtime !== undefined || edge !== undefined;
  if (running && !isChosen) return await roundTrip(running, interrupted);
  await using stack = await startStack({ runtime: runtime ?? "bun", edge, signal: interrupted });
  return await roundTrip(stack.addresses, interrupted);
}
