import { and, asc, count, isNull, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { moment } from "./recent-latency.ts";
import { deadLetters } from "../deliveries/tables.ts";
import { fleetInstances } from "../fleet/tables.ts";

/** Lists the instances with a heartbeat within the last hour. */
export function readInstances(db: Db) {
  return db
    .select({
      id: fleetInstances.id,
      role: fleetInstances.role,
      state: fleetInstances.state,
      capacity: fleetInstances.capacity,
      usersHeld: fleetInstances.usersHeld,
      version: fleetInstances.version,
      region: fleetInstances.region,
      natsVersion: fleetInstances.natsVersion,
      heartbeatAgeS: sql<number>`greatest(extract(epoch from now() - ${fleetInstances.heartbeatAt}), 0)::float8`,
    })
    .from(fleetInstances)
    .orderBy(asc(fleetInstances.id));
}

export type Instance = Awaited<ReturnType<typeof readInstances>>[number];

export async function countWaitingLetters(db: Db): Promise<number> {
  const [row] = await db
    .select({ letters: count() })
    .from(deadLetters)
    .where(
      and(
        isNull(deadLetters.redeliveredAt),
        isNull(deadLetters.redeliverRequestedAt),
        isNull(deadLetters.deleteRequestedAt),
      ),
    );
  return row?.letters ?? 0;
}

const DAY_MS = 86_400_000;

/**
 * Finds the oldest undelivered event: the oldest queued mail in mail_logs, or the oldest event that
 * a lane reports, whichever is older.
 */
export async function findOldestUndelivered(db: Db, nowMs: number) {
  const { rows } = await db.execute<{ partner_id: string; name: string; at_ms: string }>(sql`
    select partners.id as partner_id, partners.name,
           floor(extract(epoch from oldest.at) * 1000)::text as at_ms
    from (
      (select partner_id, recorded_at as at from mail_logs
       where state = 'queued'
         and recorded_at > ${moment(nowMs - 5 * DAY_MS)} and recorded_at < ${moment(nowMs + DAY_MS)}
       order by recorded_at limit 1)
      union all
      (select partner_id, oldest_at from lanes where oldest_at is not null
       order by oldest_at limit 1)
    ) as oldest
    join partners on partners.id = oldest.partner_id
    order by oldest.at limit 1`);
  const [row] = rows;
  return (
    row && { partnerId: row.partner_id, partnerName: row.name, at: new Date(Number(row.at_ms)) }
  );
}

/** Reads whether the installation has a partner and a connection. A user needs both. */
export async function readSetup(db: Db) {
  const { rows } = await db.execute<{ has_partners: boolean; has_connections: boolean }>(sql`
    select exists (select from partners where removed_at is null) as has_partners,
           exists (select from partner_connections where removed_at is null) as has_connections`);
  return rows[0] ?? { has_partners: false, has_connections: false };
}
