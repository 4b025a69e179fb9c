import { lt, sql } from "drizzle-orm";
import type { Db } from "./client.ts";
import { fleetInstances } from "./schema.ts";

interface Mirrored {
  instanceId: string;
  createdMs: number;
  heartbeat: { role: string; state: string; capacity: number; users_held: number };
}

/** Copies the heartbeats for people to look at, and forgets instances that fell silent an hour ago. */
export async function mirrorHeartbeats(db: Db, live: readonly Mirrored[]): Promise<void> {
  await db
    .delete(fleetInstances)
    .where(lt(fleetInstances.heartbeatAt, sql`now() - interval '1 hour'`));
  if (live.length === 0) return;
  const rows = live.map(({ instanceId, createdMs, heartbeat }) => ({
    id: instanceId,
    role: heartbeat.role,
    state: heartbeat.state,
    capacity: heartbeat.capacity,
    usersHeld: heartbeat.users_held,
    heartbeatAt: new Date(createdMs),
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
      },
    });
}
