import type { Db } from "../../db/client.ts";
import { type OwnReport, reportInstance } from "../../db/fleet/own-report.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { repeat } from "../../shared/concurrency/repeat.ts";

export interface OwnReporterDeps {
  db: Db;
  clock: Clock;
  log: Log;
}

export interface OwnReporterSettings {
  instanceId: string;
  role: string;
  intervalMs: number;
}

/** What an instance reports about itself once it is connected to NATS. */
export type Self = Omit<OwnReport, "instanceId" | "role">;

/** Reports to Postgres, without NATS, that this instance runs. Disposing ends the reports. */
export interface OwnReporter extends AsyncDisposable {
  /** Sets what is reported from now on. Before that, NATS counts as silent since the start. */
  describeBy(describe: () => Self): void;
}

/**
 * Starts the reports. They begin before the connection to NATS: an instance that waits for NATS
 * must not look like an instance that does not run.
 */
export function startOwnReports(
  deps: OwnReporterDeps,
  { instanceId, role, intervalMs }: OwnReporterSettings,
): OwnReporter {
  const { clock } = deps;
  const startMs = clock.monotonic();
  let describe = (): Self => ({
    capacity: 0,
    usersHeld: 0,
    natsSilentMs: clock.monotonic() - startMs,
  });
  const stop = new AbortController();
  const reporting = repeat(deps, {
    name: "own_report",
    everyMs: intervalMs,
    work: () => reportInstance(deps.db, { instanceId, role, ...describe() }),
  });
  const ended = reporting.run(stop.signal);
  return {
    describeBy(next) {
      describe = next;
      reporting.wake();
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}
