import type { Db } from "../../db/client.ts";
import {
  claimAnnouncement,
  endProblem,
  listMarks,
  recordProblems,
  releaseAnnouncement,
} from "../../db/health/known-problems.ts";
import { readHealthFacts } from "../../db/health/read-facts.ts";
import type { Clock } from "../../shared/clock.ts";
import { repeat } from "../../shared/concurrency/repeat.ts";
import { toErrorText } from "../../shared/errors.ts";
import { findProblems } from "../../shared/health/find-problems.ts";
import {
  type HealthProblem,
  PROBLEM_NAMES,
  toProblemKey,
  URGENCIES,
} from "../../shared/health/problem.ts";
import type { Log } from "../../shared/log.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Roster } from "../roster/roster.ts";
import type { Notice, SendNotice } from "./notice.ts";
import { planNotices } from "./plan-notices.ts";

export interface HealthWatchDeps {
  db: Db;
  clock: Clock;
  log: Log;
  metrics: Pick<Metrics, "problems">;
  roster: Pick<Roster, "live">;
  /** Sends a notice; null when notices are off. */
  send: SendNotice | null;
}

export interface HealthWatchSettings {
  instanceId: string;
  intervalMs: number;
}

/**
 * Evaluates the health model again and again, on the first instance of the roster: stores the
 * problems, counts them for Prometheus, and sends each notice once. Never rejects.
 */
export function watchHealth(
  deps: HealthWatchDeps,
  { instanceId, intervalMs }: HealthWatchSettings,
  signal: AbortSignal,
): Promise<void> {
  const { db, metrics, roster } = deps;
  const work = async () => {
    // While NATS is silent, the last known roster stays. For a short time, two instances may both
    // see themselves as the first: the claim of each notice is in Postgres.
    if (roster.live()[0]?.instanceId !== instanceId) return metrics.problems.reset();
    try {
      const facts = await readHealthFacts(db);
      const problems = findProblems(facts);
      countProblems(metrics, problems);
      await announce(deps, problems, facts.nowMs);
    } catch (error) {
      metrics.problems.reset();
      throw error;
    }
  };
  return repeat(deps, { name: "health_watch", everyMs: intervalMs, work }).run(signal);
}

function countProblems(
  { problems: gauge }: HealthWatchDeps["metrics"],
  found: readonly HealthProblem[],
): void {
  for (const name of PROBLEM_NAMES)
    for (const severity of URGENCIES) gauge.set({ name, severity }, 0);
  for (const { name, urgency: severity } of found) gauge.inc({ name, severity });
}

async function announce(
  deps: HealthWatchDeps,
  problems: readonly HealthProblem[],
  nowMs: number,
): Promise<void> {
  const { db, send } = deps;
  const found = new Map(problems.map((problem) => [toProblemKey(problem), problem]));
  const known = await recordProblems(db, [...found].map(toStored));
  const { begun, ended } = planNotices(known, await listMarks(db), nowMs);
  for (const { key, since, urgency, cause } of send === null ? [] : begun) {
    const problem = found.get(key);
    if (!problem || !(await claimAnnouncement(db, key))) continue;
    const { effect, advice, href, name } = problem;
    const notice = {
      kind: "begun",
      key,
      name,
      urgency,
      since,
      cause,
      effect,
      advice,
      href,
    } as const;
    // Sent again in the next round.
    if (!(await trySending(deps, notice))) await releaseAnnouncement(db, key);
  }
  for (const { key, cause, since, seenAt, announcedAt } of ended) {
    if (!(await endProblem(db, key)) || announcedAt === null) continue;
    await trySending(deps, { kind: "over", key, cause, since, until: seenAt });
  }
}

const toStored = ([key, { name, urgency, cause, sinceMs }]: [string, HealthProblem]) => ({
  key,
  name,
  urgency,
  cause,
  since: sinceMs === null ? null : new Date(sinceMs),
});

async function trySending({ send, log }: HealthWatchDeps, notice: Notice): Promise<boolean> {
  try {
    await send?.(notice);
    log.info("notice.sent", { kind: notice.kind, problem: notice.key });
    return true;
  } catch (error) {
    log.warn("notice.failed", { problem: notice.key, error: toErrorText(error) });
    return false;
  }
}
