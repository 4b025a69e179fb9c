import { sql } from "drizzle-orm";
import type { Db } from "./client.ts";
import { deadLetters } from "./schema.ts";

export type NewDeadLetter = Omit<typeof deadLetters.$inferInsert, "redeliveredAt">;

/** Records dead letters. An event that dies again has one row, which tells of its last death. */
export async function upsertDeadLetters(tx: Db, rows: readonly NewDeadLetter[]): Promise<void> {
  if (rows.length === 0) return;
  await tx
    .insert(deadLetters)
    .values([...rows])
    .onConflictDoUpdate({
      target: deadLetters.eventId,
      set: {
        streamSeq: sql`excluded.stream_seq`,
        attempts: sql`excluded.attempts`,
        lastError: sql`excluded.last_error`,
        diedAt: sql`excluded.died_at`,
        redeliveredAt: null,
      },
    });
}
