import { partnerConnections } from "../../db/partners/tables.ts";
import { users } from "../../db/users/tables.ts";
import { claimRound, dueIn } from "../../db/fleet/rounds.ts";
import type { Db } from "../../db/client.ts";
import type { RetentionDays } from "../../fleet/retention/plan.ts";
import { createRetention } from "../../fleet/retention/retention.ts";
import { type Clock, systemClock } from "../../shared/clock.ts";
import { newId } from "../../shared/ids.ts";
import type { DatabaseStack } from "../harness/stacks/database-stack.ts";
import { eventually } from "../harness/eventually.ts";
import { newTestLog } from "../harness/test-log.ts";

export const DAYS: RetentionDays = {
  mailLogs: 90,
  transmitLogs: 30,
  tracerLogs: 90,
  auditLog: 400,
  seen: 400,
  archivedUsers: null,
};

const HOUR_MS = 3_600_000;

/** Starts the retention of one instance. Its interval is one hour. */
export function startRetention(
  db: Db,
  { days = {}, clock = systemClock }: { days?: Partial<RetentionDays>; clock?: Clock } = {},
) {
  const log = newTestLog();
  const stop = new AbortController();
  const settings = { days: { ...DAYS, ...days }, intervalMs: HOUR_MS };
  const retention = createRetention({ db, clock, log }, settings);
  const ended = retention.run(stop.signal);
  return {
    ...retention,
    lines: () => log.lines,
    /** Returns the parsed log lines of the rounds that have finished. */
    rounds: () => log.lines.filter((line) => line.includes("retention.finished")).map(parse),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}

const parse = (line: string): Record<string, unknown> => JSON.parse(line);

/**
 * Runs a round, even if it is not due.
 * @returns its parsed log line.
 */
export async function forceRound(db: Db, days: Partial<RetentionDays> = {}) {
  await claimRound(db, "retention", 0);
  await dueIn(db, "retention", 0);
  await using retention = startRetention(db, { days });
  return await eventually("a round of retention", () => retention.rounds()[0]);
}

/** Inserts a user of a new partner. */
export async function insertNewUser({ db, newPartner }: DatabaseStack) {
  const { id: partnerId } = await newPartner();
  const [userId, connectionId] = [newId("usr"), newId("con")];
  await db
    .insert(partnerConnections)
    .values({ id: connectionId, partnerId, providerId: "prv_plain" });
  await db.insert(users).values({ id: userId, connectionId, tag: "one" });
  return { partnerId, userId };
}
