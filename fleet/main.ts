import process from "node:process";
import { EnvError, parseEnv } from "../shared/env.ts";
import { messageOf } from "../shared/errors.ts";
import { createLog } from "../shared/log.ts";
import { runFleet } from "./run-fleet.ts";
import { fleetSettings, type FleetSettings } from "./settings.ts";

/** Longer than the whole of a drain; what still hangs then is given up. */
const STOP_TIMEOUT_MS = 75_000;

const settings = readSettings();
const log = createLog((line) => process.stdout.write(`${line}\n`), settings.LOG_LEVEL, {
  instance_id: settings.INSTANCE_ID,
});
const stop = new AbortController();
for (const name of ["SIGTERM", "SIGINT"] as const) {
  process.once(name, () => {
    log.info("fleet.stopping", { signal: name });
    stop.abort();
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
  });
}

try {
  const ready = () => log.info("fleet.ready", { role: settings.ROLE });
  await runFleet(settings, log, ready, stop.signal);
  log.info("fleet.stopped", {});
  process.exit(0);
} catch (error) {
  if (stop.signal.aborted) process.exit(0);
  log.error("fleet.broken", {
    error: messageOf(error),
    stack: error instanceof Error ? error.stack : undefined,
  });
  process.exit(1);
}

function readSettings(): FleetSettings {
  try {
    return parseEnv(fleetSettings, process.env);
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    process.stderr.write(
      `${error.message}\n${error.faults.map((fault) => `  ${fault}\n`).join("")}`,
    );
    process.exit(1);
  }
}
