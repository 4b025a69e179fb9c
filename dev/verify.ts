import { availableParallelism } from "node:os";
import { FAST_CHECKS } from "./checks.ts";
import { untilInterrupted } from "./interruption.ts";
import { terminalProgress } from "./progress.ts";
import { runChecks } from "./run-checks.ts";
import { summary } from "./summary.ts";

const progress = terminalProgress(process.stdout);
const counts = await runChecks(FAST_CHECKS, {
  concurrency: availableParallelism(),
  progress,
  signal: untilInterrupted(() => process.exit(130)),
});
const { text, isGood } = summary(counts, { mayBeSkipped: true });
progress.say(text);
process.exit(isGood ? 0 : 1);
