import * as v from "valibot";
import type { Db } from "../../db/client.ts";
import { dropPokes, markPublished, type OutboxRow, takeWaiting } from "../../db/mail/outbox.ts";
import { event as eventSchema } from "../../shared/users/events.ts";
import type { Log } from "../../shared/log.ts";
import type { Bus } from "../bus/bus.ts";
import { withDeadline } from "../bus/with-deadline.ts";
import { eventSubject, POKE_PARTNERS, POKE_USERS } from "../bus/subjects.ts";

const MAX_ROWS = 100;
const FLUSH_TIMEOUT_MS = 5_000;

const usersChanged = v.object({ user_ids: v.array(v.string()) });

/**
 * Publishes waiting rows of the outbox. After a crash, rows are published again with the same id.
 * Rejects when NATS or PostgreSQL does not answer, and then marks no row as published.
 *
 * @returns whether more rows may be waiting.
 */
export async function publishOutbox(deps: { bus: Bus; db: Db; log: Log }): Promise<boolean> {
  const { bus, db, log } = deps;
  return db.transaction(async (tx) => {
    const rows = await takeWaiting(tx, MAX_ROWS);
    if (rows.length === 0) return false;
    const events = rows.filter(({ kind }) => kind === "event");
    const pokes = rows.filter(({ kind }) => kind !== "event");
    const seqs = await Promise.all(events.map((row) => publishEvent(bus, row, log)));
    for (const [i, row] of events.entries()) await markPublished(tx, row.id, seqs[i] ?? 0);
    await sendPokes(bus, pokes);
    await dropPokes(
      tx,
      pokes.map(({ id }) => id),
    );
    return rows.length === MAX_ROWS;
  });
}

/**
 * Publishes the event of a row, and returns its sequence. Returns 0 for an unreadable row: the row
 * is kept for a person to examine.
 */
async function publishEvent(bus: Bus, row: OutboxRow, log: Log): Promise<number> {
  const parsed = v.safeParse(eventSchema, row.payload);
  if (!parsed.success) {
    log.error("outbox.unreadable", { outbox_id: row.id, event_id: row.eventId });
    return 0;
  }
  const event = parsed.output;
  const { seq } = await bus.publish({
    subject: eventSubject(event),
    id: event.id,
    payload: JSON.stringify(event),
  });
  return seq;
}

async function sendPokes(bus: Bus, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length === 0) return;
  for (const { kind, partnerId, payload } of rows) {
    const users = v.safeParse(usersChanged, payload);
    if (kind === "users_changed" && users.success) {
      bus.poke(POKE_USERS, { partner_id: partnerId, user_ids: users.output.user_ids });
    } else {
      bus.poke(POKE_PARTNERS, { partner_id: partnerId });
    }
  }
  // While NATS is unreachable, the client buffers pokes. So the rows are dropped only after this
  // flush.
  await withDeadline(bus.connection.flush(), FLUSH_TIMEOUT_MS, "send pokes");
}
