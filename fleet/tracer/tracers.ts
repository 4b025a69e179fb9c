import { listTracerUsers } from "../../db/tracers/tracer-users.ts";
import { measureOverdueTracers, noteAnsweredTracers } from "../../db/tracers/tracer-stages.ts";
import { repeat } from "../../shared/concurrency/repeat.ts";
import type { Account } from "../mailbox/login/account.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { observeStages } from "./observe-stages.ts";
import { type SendDeps, type SendSettings, sendTracers } from "./send-tracers.ts";

export interface TracersDeps extends Omit<SendDeps, "goesOn"> {
  metrics: Pick<Metrics, "tracers" | "tracerStages" | "tracerOverdue">;
  /**
   * Returns the accounts that this instance watches now. Accounts with `tracers: "none"` get no
   * tracers: their sessions would deliver them like other mail.
   */
  accounts(): Account[];
}

export interface TracersSettings extends SendSettings {
  intervalMs: number;
  /** The time after which a tracer is overdue. */
  limitMs: number;
}

/** The longest interval between two checks for answered webhooks and overdue tracers. */
const MAX_WATCH_INTERVAL_MS = 5_000;

/**
 * Measures the latency of mail. In each interval, sends tracers to one random tracer user of this
 * instance. Also observes which stages tracers reach.
 */
export function createTracers(deps: TracersDeps, settings: TracersSettings) {
  const { db, clock, metrics } = deps;
  const { intervalMs, limitMs } = settings;

  async function send(signal: AbortSignal, goesOn: () => void): Promise<void> {
    const accounts = deps.accounts().filter(({ tracers }) => tracers !== "none");
    if (accounts.length === 0) return;
    const users = await listTracerUsers(
      db,
      accounts.map(({ userId }) => userId),
    );
    const user = users[Math.floor(clock.random() * users.length)];
    const account = accounts.find(({ userId }) => userId === user?.userId);
    if (user && account)
      await sendTracers({ ...deps, goesOn }, settings, { user, account }, signal);
  }

  async function watch(): Promise<void> {
    try {
      observeStages(metrics, await noteAnsweredTracers(db));
      const { seen, answered } = await measureOverdueTracers(db, limitMs);
      metrics.tracerOverdue.set({ stage: "seen" }, seen);
      metrics.tracerOverdue.set({ stage: "answered" }, answered);
    } catch (error) {
      metrics.tracerOverdue.reset();
      throw error;
    }
  }

  const sending = repeat(deps, { name: "tracers", everyMs: intervalMs, work: send });
  const watching = repeat(deps, {
    name: "tracer_watch",
    everyMs: Math.min(intervalMs, MAX_WATCH_INTERVAL_MS),
    work: watch,
  });
  return {
    /** Resolves when `signal` has aborted; never rejects. */
    async run(signal: AbortSignal): Promise<void> {
      await Promise.all([watching.run(signal), sendInTurn(signal)]);
    },
  };

  /**
   * Sends tracers in each interval, after a first pause of random length, at most one interval. So
   * instances that start together do not send together. The pause usually leaves time to log in.
   */
  async function sendInTurn(signal: AbortSignal): Promise<void> {
    if (settings.tracers === 0) return;
    await clock.sleep(intervalMs * clock.random(), signal);
    await sending.run(signal);
  }
}
