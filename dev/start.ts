import { once } from "node:events";
import { parseArgs } from "node:util";
import { inCheckout } from "./checkout.ts";
import { freshConnectUrl } from "./stack/connect-url.ts";
import { toEdgePlatform } from "./servers/edge.ts";
import { describeError } from "./terminal/describe-error.ts";
import { untilInterrupted } from "./terminal/interruption.ts";
import { DEFAULT_PORTS } from "./stack/ports.ts";
import { terminalProgress } from "./terminal/progress.ts";
import { roundTrip } from "./seed/round-trip.ts";
import { seedTracer, TRACER_ENV } from "./seed/seed-tracer.ts";
import { reloadOnChange } from "./stack/reload.ts";
import { type Stack, startStack } from "./stack/stack.ts";
import { formatReceived, welcome } from "./stack/welcome.ts";

const progress = terminalProgress(process.stdout);
const interrupted = untilInterrupted(() => process.exit(130));

try {
  const { values } = parseArgs({
    options: {
      fresh: { type: "boolean", default: false },
      // `npm run dev` sets this option: edge, fleet and admin pages reload when their files change.
      watch: { type: "boolean", default: false },
      edge: { type: "string" },
    },
  });
  await using stack = await startStack({
    directory: inCheckout(".dev"),
    fresh: values.fresh,
    ports: DEFAULT_PORTS,
    edge: values.edge === undefined ? undefined : toEdgePlatform(values.edge),
    fleetEnv: TRACER_ENV,
    progress,
    signal: interrupted,
  });
  await seedTracer(stack.addresses.postgres);
  await show(stack);
  if (values.watch) progress.say("Edge, fleet and admin pages reload when their files change");
  const watching = values.watch ? [reloadOnChange(stack, progress, interrupted)] : [];
  const broken = await Promise.race([stack.broken, once(interrupted, "abort"), ...watching]);
  progress.say("Stopping …");
  if (broken instanceof Error) throw broken;
} catch (error) {
  if (!interrupted.aborted) {
    progress.say(`\n${describeError(error)}`);
    process.exitCode = 1;
  }
}
process.exit();

async function show({ addresses, sink, keys }: Stack): Promise<void> {
  const ms = await roundTrip(addresses, interrupted);
  progress.say(`\nmail → webhook in ${ms} ms (webhook verified)`);
  const connectUrl = await freshConnectUrl(addresses);
  progress.say(welcome(addresses, { spare: keys.spare, connectUrl }));
  sink.listen((webhook) => progress.say(formatReceived(webhook)), interrupted);
}
