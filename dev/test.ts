import { availableParallelism } from "node:os";
import { ensureAdminPages } from "./admin-pages.ts";
import { ensureChromium } from "./chromium.ts";
import { FAST_CHECKS, SLOW_CHECKS } from "./checks.ts";
import { ensureDovecot } from "./dovecot.ts";
import { untilInterrupted } from "./interruption.ts";
import { natsBinary } from "./nats-binary.ts";
import { terminalProgress } from "./progress.ts";
import { findPrometheus } from "./prometheus.ts";
import { runChecks, sumOf } from "./run-checks.ts";
import { summary } from "./summary.ts";

const progress = terminalProgress(process.stdout);
const signal = untilInterrupted(() => process.exit(130));
const isCi = process.env["CI"] === "true";

const natsServer = await progress.step("nats-server", natsBinary);
// Once, before tests that run side by side would.
await progress.step("Admin pages", ensureAdminPages);
const hasDovecot = await progress.step("Dovecot", ensureDovecot);
if (!hasDovecot && isCi) throw new Error("Cannot test: Dovecot is missing and cannot be installed");
if (!hasDovecot) {
  progress.say("!!! DOVECOT IS MISSING: its tests are skipped (dovecot-imapd, dovecot-lmtpd)");
}
const hasChromium = await progress.step("Chromium", ensureChromium);
if (!hasChromium && isCi) {
  throw new Error("Cannot test: Chromium is missing and cannot be installed");
}
if (!hasChromium) progress.say("!!! CHROMIUM IS MISSING: its tests are skipped (package chromium)");
const prometheus = await progress.step("Prometheus", findPrometheus);
if (prometheus === undefined && isCi) {
  throw new Error("Cannot test: Prometheus is missing and cannot be unpacked");
}
if (prometheus === undefined) {
  progress.say("!!! PROMETHEUS IS MISSING: the tests of ops/ are skipped (package prometheus)");
}

/** What the tests read of it. */
const env = {
  NATS_SERVER: natsServer,
  DOVECOT: hasDovecot ? "available" : "unavailable",
  CHROMIUM: hasChromium ? "available" : "unavailable",
  PROMETHEUS: prometheus === undefined ? "unavailable" : "available",
};
const options = { progress, signal, env };
const fast = await runChecks(FAST_CHECKS, { ...options, concurrency: availableParallelism() });
const slow = await runChecks(SLOW_CHECKS, { ...options, concurrency: 1 });
const { text, isGood } = summary(sumOf([fast, slow]), { mayBeSkipped: !isCi });
progress.say(text);
process.exit(isGood && !signal.aborted ? 0 : 1);
