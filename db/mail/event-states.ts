import { sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import type { MAIL_STATES } from "./tables.ts";

/** How far an event is. */
export interface EventState {
  id: string;
  state: (typeof MAIL_STATES)[number];
  reason: string | null;
}

/** Reads the states of these events. Leaves out events that do not exist. */
export async function readEventStates(db: Db, ids: readonly string[]): Promise<EventState[]> {
  const wanted = sql`(select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`;
  const { rows } = await db.execute<EventState & Record<string, unknown>>(sql`
    select event_id as id, state, reason from mail_logs where event_id in ${wanted}
    union all
    select event_id, state, reason from user_events where event_id in ${wanted}`);
  return rows;
}
