import process from "node:process";
import { EnvError } from "../shared/env.ts";
import { formatStack, toErrorText } from "../shared/errors.ts";
import { createLog } from "../shared/log.ts";
import { measuredLog } from "./metrics/measured-log.ts";
import { createMetrics } from "./metrics/metrics.ts";
import { runFleet } from "./run-fleet.ts";
import { type FleetSettings, readSettings } from "./settings.ts";

/**
 * The process exits this long after the stop began, even if something still runs. A complete drain
 * takes less.
 */
const STOP_TIMEOUT_MS = 75_000;

const settings = settingsOrExit();
const metrics = createMetrics();
const print = (line: string) => void process.stdout.write(`${line}\n`);
const log = measuredLog(
  createLog(print, settings.LOG_LEVEL).with({ instance_id: settings.INSTANCE_ID }),
  metrics,
);
const stop = new AbortController();
for (const name of ["SIGTERM", "SIGINT"] as const) {
  process.once(name, () => {
    log.info("fleet.stopping", { signal: name });
    stop.abort();
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
  });
}

// A bug ends only its session or attempt, which is then started again. The process continues.
for (const name of ["unhandledRejection", "uncaughtException"] as const) {
  process.on(name, (error: unknown) =>
    log.error("process.fault", { kind: name, ...toLogFields(error) }),
  );
}

try {
  const onReady = () => log.info("fleet.ready", { role: settings.ROLE });
  await runFleet(settings, { log, metrics, print, onReady }, stop.signal);
} catch (error) {
  // `runFleet()` rejects with the stop's reason if it was stopped before its start was complete.
  if (error !== stop.signal.reason) {
    log.error("fleet.broken", toLogFields(error));
    process.exit(1);
  }
}
log.info("fleet.stopped");
process.exit(0);

function toLogFields(error: unknown) {
  return { error: toErrorText(error), stack: formatStack(error) };
}

function settingsOrExit(): FleetSettings {
  try {
    return readSettings(process.env);
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    process.stderr.write(
      `${error.message}\n${error.faults.map((fault) => `  ${fault}\n`).join("")}`,
    );
    process.exit(1);
  }
}
