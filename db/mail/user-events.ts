import { sql } from "drizzle-orm";
import type { UserEvent } from "../../shared/users/events.ts";
import type { Db } from "../client.ts";
import { compiled } from "../compiled.ts";
import { noRows } from "../query.ts";
import type { userEvents } from "./tables.ts";

/** The final state of an event from the outbox. */
export interface EventEnd {
  eventId: string;
  state: Exclude<typeof userEvents.$inferSelect.state, "queued">;
  reason: string | null;
}

/**
 * Adds an event to the partner's log of events, if its user exists. Adding the same event again
 * changes nothing.
 */
export const logUserEvent = compiled<[event: UserEvent], void>((tx, event) =>
  noRows(
    tx.execute(sql`
      insert into user_events (event_id, partner_id, user_id, kind)
      select ${event.id}, ${event.partner_id}, id, ${event.kind} from users where id = ${event.user_id}
      on conflict (event_id) do nothing`),
  ),
);

/** Records the final states of events. An event that has ended keeps its first final state. */
export async function endUserEvents(tx: Db, ends: readonly EventEnd[]): Promise<void> {
  if (ends.length === 0) return;
  const rows = ends.map(({ eventId, state, reason }) => ({ event_id: eventId, state, reason }));
  await tx.execute(sql`
    update user_events set state = ends.state, reason = ends.reason
    from json_to_recordset(${JSON.stringify(rows)}) as ends (event_id text, state text, reason text)
    where user_events.event_id = ends.event_id and user_events.state = 'queued'`);
}
