import type { Db } from "../../db/client.ts";
import { ping } from "../../db/ping.ts";
import type { Clock } from "../../shared/clock.ts";
import { collectStandings } from "../../shared/concurrency/loop-standings.ts";
import type { Bus } from "../bus/bus.ts";
import type { Roster } from "../roster/roster.ts";
import type { Metrics } from "./metrics.ts";

/** The state of a process, for /metrics and /readyz. */
export interface Vitals {
  /** Returns what is missing for the process to work now; empty when it is ready. Never rejects. */
  missing(): Promise<string[]>;
  /** Updates the metrics that show a state, not a count of events. */
  refresh(): void;
}

/** The vitals of a process that has not connected yet. */
export const STARTING: Vitals = { missing: () => Promise.resolve(["start"]), refresh() {} };

export interface VitalsDeps {
  bus: Pick<Bus, "connection">;
  db: Db;
  clock: Clock;
  metrics: Metrics;
  roster: Pick<Roster, "live" | "standing" | "isCutOff">;
  heldUserIds(): string[];
  /** Returns for how long NATS has not answered this instance; null while it answers. */
  natsSilentMs(): number | null;
}

/**
 * How long a check may take. It must end before the caller of /readyz stops waiting. The caller's
 * timeout in fly.toml, for example, is 5 s.
 */
const CHECK_TIMEOUT_MS = 1_500;
const STANDINGS = ["claiming", "holding", "fenced"] as const;

/** Creates the vitals of a process that has connected. */
export function createVitals(deps: VitalsDeps): Vitals {
  const { bus, db, clock, metrics, roster } = deps;

  /** Checks NATS and Postgres by requests: a connection may be broken without any error. */
  async function look(): Promise<string[]> {
    const [hasNats, hasPostgres] = await Promise.all([
      isAnswered(bus.connection.rtt(), clock),
      isAnswered(ping(db), clock),
    ]);
    return [
      ...(hasNats ? [] : ["nats"]),
      ...(hasPostgres ? [] : ["postgres"]),
      ...(roster.standing() === "fenced" ? ["heartbeat"] : []),
      // If Postgres answers other instances but not this one, the others have taken over its users.
      ...(roster.isCutOff() ? ["cut off from postgres"] : []),
      ...collectStandings()
        .filter(({ isStuck }) => isStuck)
        .map(({ name }) => `loop ${name}`),
    ];
  }

  let looking: Promise<string[]> | undefined;
  return {
    // Concurrent calls share one check.
    missing: () => (looking ??= look().finally(() => (looking = undefined))),
    refresh() {
      metrics.usersHeld.set(deps.heldUserIds().length);
      metrics.instances.set(roster.live().length);
      metrics.natsSilent.set((deps.natsSilentMs() ?? 0) / 1_000);
      for (const { name, silentMs } of collectStandings())
        metrics.loopRounds.set({ loop: name }, silentMs / 1_000);
      const now = roster.standing();
      for (const standing of STANDINGS)
        metrics.standing.set({ standing }, standing === now ? 1 : 0);
    },
  };
}

async function isAnswered(question: Promise<unknown>, clock: Clock): Promise<boolean> {
  const answered = new AbortController();
  const isGood = question.then(
    () => true,
    () => false,
  );
  const isLate = clock.sleep(CHECK_TIMEOUT_MS, answered.signal).then(() => false);
  try {
    return await Promise.race([isGood, isLate]);
  } finally {
    answered.abort();
  }
}
