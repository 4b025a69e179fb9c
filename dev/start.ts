import { once } from "node:events";
import { parseArgs } from "node:util";
import { inCheckout } from "./checkout.ts";
import { untilInterrupted } from "./interruption.ts";
import { DEFAULT_PORTS } from "./ports.ts";
import { terminalProgress } from "./progress.ts";
import { roundTrip } from "./round-trip.ts";
import { type Stack, startStack } from "./stack.ts";
import { stateFolder } from "./state-folder.ts";
import { killStrays } from "./strays.ts";
import { lineOf, welcome } from "./welcome.ts";

const { values } = parseArgs({ options: { fresh: { type: "boolean", default: false } } });
const directory = inCheckout(".dev");
const progress = terminalProgress(process.stdout);
const interrupted = untilInterrupted(() => {
  killStrays(stateFolder(directory));
  process.exit(130);
});

try {
  await using stack = await startStack({
    directory,
    fresh: values.fresh,
    ports: DEFAULT_PORTS,
    progress,
    signal: interrupted,
  });
  await show(stack);
  const broken = await Promise.race([stack.broken, once(interrupted, "abort")]);
  progress.say("Stopping …");
  if (broken instanceof Error) throw broken;
} catch (error) {
  if (!interrupted.aborted) {
    progress.say(`\n${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
process.exit();

async function show({ addresses, sink, spare }: Stack): Promise<void> {
  const ms = await roundTrip(addresses, interrupted);
  progress.say(`\nmail → webhook in ${ms} ms (webhook verified)`);
  progress.say(welcome(addresses, spare));
  sink.listen((webhook) => progress.say(lineOf(webhook)), interrupted);
}
