import { newId } from "../../../shared/ids.ts";
import type { EdgeStack } from "../../harness/stacks/edge-stack.ts";

/** A user and its partner. No other user has this partner. */
export interface TrafficUser {
  id: string;
  tag: string;
  partnerId: string;
  partnerName: string;
}

let made = 0;

export async function newTrafficUser(stack: EdgeStack): Promise<TrafficUser> {
  const partnerName = `Partner ${++made}`;
  const { id: partnerId } = await stack.newPartner({ name: partnerName });
  const [id, connectionId, tag] = [newId("usr"), newId("con"), `Customer-${made}`];
  await stack.query(
    "insert into partner_connections (id, partner_id, provider_id) values ($1, $2, 'prv_plain')",
    [connectionId, partnerId],
  );
  await stack.query("insert into users (id, connection_id, tag) values ($1, $2, $3)", [
    id,
    connectionId,
    tag,
  ]);
  return { id, tag, partnerId, partnerName };
}

export interface MailValues {
  state?: string;
  reason?: string | null;
  /** The time when the mail was recorded, as an SQL expression. */
  at?: string;
}

/**
 * Inserts a row of mail_logs as the fleet writes it.
 * @returns the id of the mail's event.
 */
export async function insertMail(
  { query }: EdgeStack,
  user: TrafficUser,
  { state = "delivered", reason = null, at = "now()" }: MailValues = {},
): Promise<string> {
  const id = newId("evt");
  await query(
    `insert into mail_logs (event_id, recorded_at, user_id, partner_id, mailbox, uid_validity, uid,
                            message_id, size_bytes, internal_date, state, reason)
     values ($1, ${at}, $2, $3, 'INBOX', 7, 42, '<1@mail.example>', 2048, '2026-11-22T10:00:00Z', $4, $5)`,
    [id, user.id, user.partnerId, state, reason],
  );
  return id;
}

export interface AttemptValues {
  attempt?: number;
  /** The time of the attempt, as an SQL expression. */
  at?: string;
  outcome?: string;
  status?: number | null;
  error?: string | null;
  nextAt?: string;
  eventAt?: string;
  durationMs?: number;
}

/** Inserts a row of transmit_logs as the fleet writes it. */
export async function insertAttempt(
  { query }: EdgeStack,
  user: TrafficUser,
  { eventId, ...values }: AttemptValues & { eventId: string },
): Promise<void> {
  const { attempt = 1, at = "now()", outcome = "retry", status = 500, durationMs = 120 } = values;
  const { error = "the endpoint answered 500", nextAt = "null", eventAt = "null" } = values;
  await query(
    `insert into transmit_logs (event_id, attempt, attempted_at, partner_id, user_id, status, error,
                                duration_ms, answer, outcome, next_attempt_at, event_at)
     values ($1, $2, ${at}, $3, $4, $5, $6, $7, 'Oh no', $8, ${nextAt}, ${eventAt})`,
    [eventId, attempt, user.partnerId, user.id, status, error, durationMs, outcome],
  );
}
