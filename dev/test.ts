import { availableParallelism } from "node:os";
import { relative } from "node:path";
import { CHECKOUT } from "./checkout.ts";
import { untilInterrupted } from "./interruption.ts";
import { terminalProgress } from "./progress.ts";
import { FAST_CHECKS, SERVER_CHECKS } from "./test-run/checks.ts";
import { bringRequirements, OLDER_NATS } from "./test-run/requirements.ts";
import { runChecks } from "./test-run/run-checks.ts";
import { selectChecks } from "./test-run/select-checks.ts";
import { summary } from "./test-run/summary.ts";
import { keepTimes, timeTables } from "./test-run/times.ts";

const startedAt = new Date();
const progress = terminalProgress(process.stdout);
const signal = untilInterrupted(() => process.exit(130));
const mayBeSkipped = process.env["CI"] !== "true";

const filters = process.argv.slice(2);
const fast = filters.length === 0 ? FAST_CHECKS : [];
const onServers = filters.length === 0 ? SERVER_CHECKS : await selectChecks(filters);
const needs = new Set(onServers.flatMap((check) => check.needs ?? []));
const env = await bringRequirements(needs, { progress, mayBeMissing: mayBeSkipped });
const possible = onServers.filter(
  (check) => check.env?.["NATS_SERVER"] === undefined || env[OLDER_NATS] === "available",
);
const options = { progress, signal, env };
const parts = [
  ...(await runChecks(fast, { ...options, concurrency: availableParallelism() })),
  ...(await runChecks(possible, { ...options, concurrency: 1 })),
];

const totalMs = Date.now() - startedAt.getTime();
progress.say(timeTables(parts, totalMs));
progress.say(`\nTimes: ${relative(CHECKOUT, await keepTimes(parts, { startedAt, totalMs }))}`);
const { text, isGood } = summary(parts, { mayBeSkipped });
progress.say(text);
process.exit(isGood && !signal.aborted ? 0 : 1);
