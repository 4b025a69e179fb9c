import { lt, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { fleetInstances } from "./tables.ts";

interface Mirrored {
  instanceId: string;
  createdMs: number;
  isCutOff?: boolean;
  heartbeat: {
    role: string;
    state: string;
    capacity: number;
    users_held: number;
    version?: string | undefined;
    region?: string | undefined;
    nats_version?: string | undefined;
  };
}

/**
 * Copies the heartbeats to Postgres for the admin pages, and deletes instances that have been
 * silent for an hour.
 */
export async function mirrorHeartbeats(db: Db, live: readonly Mirrored[]): Promise<void> {
  await db
    .delete(fleetInstances)
    .where(
      lt(
        sql`greatest(${fleetInstances.heartbeatAt}, ${fleetInstances.reportedAt})`,
        sql`now() - interval '1 hour'`,
      ),
    );
  if (live.length === 0) return;
  const rows = live.map(({ instanceId, createdMs, isCutOff, heartbeat }) => ({
    id: instanceId,
    role: heartbeat.role,
    state: isCutOff && heartbeat.state === "up" ? "cut_off" : heartbeat.state,
    capacity: heartbeat.capacity,
    usersHeld: heartbeat.users_held,
    heartbeatAt: new Date(createdMs),
    version: heartbeat.version ?? null,
    region: heartbeat.region ?? null,
    natsVersion: heartbeat.nats_version ?? null,
  }));
  await db
    .insert(fleetInstances)
    .values(rows)
    .onConflictDoUpdate({
      target: fleetInstances.id,
      set: {
        role: sql`excluded.role`,
        state: sql`excluded.state`,
        capacity: sql`excluded.capacity`,
        usersHeld: sql`excluded.users_held`,
        heartbeatAt: sql`excluded.heartbeat_at`,
        version: sql`excluded.version`,
        region: sql`excluded.region`,
        natsVersion: sql`excluded.nats_version`,
      },
    });
}
