import { sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { fleetInstances } from "./tables.ts";

/** What an instance writes about itself. */
export interface OwnReport {
  instanceId: string;
  role: string;
  capacity: number;
  usersHeld: number;
  /** For how long NATS has not answered the instance; null while it answers. */
  natsSilentMs: number | null;
}

/**
 * Stores that an instance runs, and whether NATS answers it. While NATS answers, the other columns
 * come from the heartbeats (`mirrorHeartbeats()`).
 */
export async function reportInstance(db: Db, report: OwnReport): Promise<void> {
  const { natsSilentMs } = report;
  const silentSince =
    natsSilentMs === null
      ? null
      : sql<Date>`now() - ${natsSilentMs}::float8 * interval '1 millisecond'`;
  await db
    .insert(fleetInstances)
    .values({
      id: report.instanceId,
      role: report.role,
      state: "up",
      capacity: report.capacity,
      usersHeld: report.usersHeld,
      heartbeatAt: sql`now()`,
      reportedAt: sql`now()`,
      natsSilentSince: silentSince,
    })
    .onConflictDoUpdate({
      target: fleetInstances.id,
      set: {
        reportedAt: sql`now()`,
        // The moment of the silence must not change a little with each report.
        natsSilentSince:
          silentSince === null
            ? null
            : sql`coalesce(${fleetInstances.natsSilentSince}, excluded.nats_silent_since)`,
      },
    });
}
