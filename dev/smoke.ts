import { parseArgs } from "node:util";
import * as v from "valibot";
import { inCheckout } from "./checkout.ts";
import { RUNTIMES } from "./fleet.ts";
import { untilInterrupted } from "./interruption.ts";
import { roundTrip } from "./round-trip.ts";
import { startStack } from "./stack.ts";
import { readStackFile } from "./stack-file.ts";
import { stateFolder } from "./state-folder.ts";

const { values } = parseArgs({ options: { runtime: { type: "string" } } });
const interrupted = untilInterrupted(() => process.exit(130));

try {
  console.log(`mail → webhook in ${await smoke()} ms`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
process.exit();

/** Against the stack that runs, unless there is none or another runtime is asked for. */
async function smoke(): Promise<number> {
  const runtime = v.parse(v.optional(v.picklist(RUNTIMES)), values.runtime);
  const running = await readStackFile(stateFolder(inCheckout(".dev")).stackFile);
  if (running && runtime === undefined) return await roundTrip(running, interrupted);
  await using stack = await startStack({ runtime: runtime ?? "bun", signal: interrupted });
  return await roundTrip(stack.addresses, interrupted);
}
