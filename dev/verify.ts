import { availableParallelism } from "node:os";
import { untilInterrupted } from "./terminal/interruption.ts";
import { terminalProgress } from "./terminal/progress.ts";
import { FAST_CHECKS } from "./test-run/checks.ts";
import { runChecks } from "./test-run/run-checks.ts";
import { summary } from "./test-run/summary.ts";

const progress = terminalProgress(process.stdout);
const parts = await runChecks(FAST_CHECKS, {
  concurrency: availableParallelism(),
  progress,
  signal: untilInterrupted(() => process.exit(130)),
});
const { text, isGood } = summary(parts, { mayBeSkipped: true });
progress.say(text);
process.exit(isGood ? 0 : 1);
