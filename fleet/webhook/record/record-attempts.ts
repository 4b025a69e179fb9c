import type { Db } from "../../../db/client.ts";
import {
  type NewDeadLetter,
  placeLetters,
  returnDeadLetters,
  settleDeadLetters,
  upsertDeadLetters,
} from "../../../db/deliveries/dead-letters.ts";
import { endMails, type MailEnd } from "../../../db/mail/mail-states.ts";
import { settleEvents } from "../../../db/mail/outbox.ts";
import { findRemovedUsers } from "../../../db/removal/removed-users.ts";
import {
  holdPartners,
  type NewTransmitLog,
  insertTransmitLogs,
} from "../../../db/deliveries/transmit-logs.ts";
import { endUserEvents, type EventEnd } from "../../../db/mail/user-events.ts";
import { type AttemptRecord, type Dying, findDying } from "./attempt-record.ts";

/**
 * Writes records to PostgreSQL in one transaction, and with them dead letters and the ends of mails
 * and events. Idempotent. Ignores removed partners and users.
 *
 * @returns the ids of events whose mail is not recorded yet. Their records must be written again
 *   later.
 */
export async function recordAttempts(
  db: Db,
  records: readonly AttemptRecord[],
): Promise<Set<string>> {
  // All writers use the same order. So they cannot deadlock.
  const sorted = records.toSorted((a, b) => (a.event_id < b.event_id ? -1 : 1));
  return db.transaction(async (tx) => {
    const partners = await holdPartners(
      tx,
      sorted.map(({ partner_id }) => partner_id),
    );
    const removed = await findRemovedUsers(
      tx,
      sorted.map(({ user_id }) => user_id),
    );
    const ours = sorted.filter(
      ({ partner_id, user_id }) => partners.has(partner_id) && !removed.has(user_id),
    );
    await insertTransmitLogs(tx, keepLastAttempts(ours.flatMap(toTransmitLogs)));
    const letters = ours.flatMap(toDeadLetters);
    await upsertDeadLetters(tx, keepLast(letters));
    await placeLetters(tx, keepLast(letters));
    await settleEvents(
      tx,
      sorted.filter(isEnd).map(({ event_id }) => event_id),
    );
    const { mails, others } = splitMailEnds(ours);
    await endUserEvents(tx, keepFirst(others));
    const unrecorded = await endMails(tx, keepFirst(mails));
    await endRedeliveries(tx, ours);
    return unrecorded;
  });
}

/**
 * Updates the dead letters of redelivered events. If such an event was skipped, its letter becomes
 * `waiting` again, and the event becomes `dead`. So call this after `endUserEvents()` and
 * `endMails()`, which set `skipped`.
 */
async function endRedeliveries(tx: Db, records: readonly AttemptRecord[]): Promise<void> {
  const delivered = records.filter(
    ({ outcome }) => outcome === "delivered" || outcome === "archived",
  );
  await settleDeadLetters(
    tx,
    delivered.map(({ event_id }) => event_id),
  );
  const skipped = records.filter(({ outcome }) => outcome === "skipped");
  await returnDeadLetters(
    tx,
    skipped.map(({ event_id: eventId }) => ({ eventId, error: NO_WEBHOOK })),
  );
}

const NO_WEBHOOK = "the partner has no webhook for it";

const isEnd = ({ outcome }: AttemptRecord) =>
  outcome !== "retry" && outcome !== "held" && outcome !== "taken";

function toTransmitLogs(record: AttemptRecord): NewTransmitLog[] {
  if (!("attempt" in record)) return [];
  const { kind, created_at_ms, attempt, status, error, answer, outcome } = record;
  return [
    {
      eventId: record.event_id,
      partnerId: record.partner_id,
      userId: record.user_id,
      attemptedAt: new Date(record.attempted_at_ms),
      durationMs: record.duration_ms,
      attempt,
      status,
      error,
      answer,
      answerHeaders: record.answer_headers ?? null,
      request: record.request ?? null,
      outcome: findDying(record) ? "dead" : outcome,
      nextAttemptAt: "again_at_ms" in record && !record.dying ? new Date(record.again_at_ms) : null,
      eventAt: kind === "new_mail" && created_at_ms !== undefined ? new Date(created_at_ms) : null,
    },
  ];
}

/**
 * Returns the rows of dead letters. A letter that waits for space in DEAD has a row too, so people
 * see it.
 */
function toDeadLetters(record: AttemptRecord): NewDeadLetter[] {
  const { event_id: eventId, partner_id: partnerId, user_id: userId, kind } = record;
  const ids = { eventId, partnerId, userId, kind };
  switch (record.outcome) {
    case "retry":
    case "held":
    case "delivered":
    case "archived":
    case "skipped":
      return [];
    case "taken":
      return record.dying?.waits ? [unburied(ids, record.attempts, record.dying)] : [];
    case "dead":
    case "buried":
      return [
        {
          ...ids,
          attempts: record.outcome === "dead" ? record.attempt : record.attempts,
          lastError: record.last_error,
          diedAt: new Date(record.died_at_ms),
          unreadable: record.outcome === "buried" && record.unreadable,
          streamSeq: record.dead_seq,
          letterBytes: record.outcome === "buried" ? (record.letter_bytes ?? null) : null,
        },
      ];
  }
}

const unburied = (
  ids: Pick<NewDeadLetter, "eventId" | "partnerId" | "userId" | "kind">,
  attempts: number,
  { last_error, died_at_ms, unreadable, body_bytes }: Dying,
): NewDeadLetter => ({
  ...ids,
  attempts,
  lastError: last_error,
  diedAt: new Date(died_at_ms),
  unreadable,
  streamSeq: null,
  letterBytes: body_bytes,
});

const toKey = ({ eventId, attempt, attemptedAt }: NewTransmitLog) =>
  `${eventId}:${attempt}:${attemptedAt.getTime()}`;

/**
 * Keeps the last row of each attempt. One statement must not change a row of `transmit_logs` twice.
 * A held attempt has two rows here if its user was then archived.
 */
const keepLastAttempts = (logs: readonly NewTransmitLog[]) => [
  ...new Map(logs.map((log) => [toKey(log), log])).values(),
];

const keepLast = (letters: readonly NewDeadLetter[]) => [
  ...new Map(letters.map((letter) => [letter.eventId, letter])).values(),
];

/** Keeps the first end of each event. Later ones are repetitions. */
const keepFirst = <End extends EventEnd>(ends: readonly End[]) => [
  ...new Map(ends.toReversed().map((end) => [end.eventId, end])).values(),
];

function splitMailEnds(records: readonly AttemptRecord[]): { mails: MailEnd[]; others: MailEnd[] } {
  const pickKind = (isMail: boolean) =>
    records.filter(({ kind }) => (kind === "new_mail") === isMail).flatMap(toMailEnds);
  return { mails: pickKind(true), others: pickKind(false) };
}

function toMailEnds(record: AttemptRecord): MailEnd[] {
  const end = (state: MailEnd["state"], reason: string | null = null): MailEnd[] => [
    { eventId: record.event_id, userId: record.user_id, state, reason },
  ];
  const dying = findDying(record);
  if (dying?.waits) return end("dead", dying.last_error);
  switch (record.outcome) {
    case "retry":
    case "held":
    case "taken":
      return [];
    case "delivered":
      return end("delivered");
    // The endpoint has received the event, and wants no more events of this user.
    case "archived":
      return end("delivered", "user_archived");
    case "dead":
    case "buried":
      return end("dead", record.last_error);
    case "skipped":
      return end("skipped", record.reason);
  }
}
