import { archiveRefusedUser, isTracerUser } from "../../db/archive-user.ts";
import type { Db } from "../../db/client.ts";
import type { Clock } from "../../shared/clock.ts";
import type { MailEvent } from "../../shared/events.ts";
import type { Log } from "../../shared/log.ts";
import type { Bus } from "../bus/bus.ts";
import { attemptSubject, deadSubject } from "../bus/subjects.ts";
import type { Exchange } from "./attempt.ts";
import { type AttemptRecord, recordId, subjectOf } from "./attempt-record.ts";
import { bury, PUBLISH_PATIENCE_MS } from "./dead-letter.ts";
import type { LoadedContent } from "./mail-bodies.ts";
import { errorOf, type Outcome, outcomeOf } from "./outcome.ts";
import type { MailContent } from "./payload.ts";

export interface SettleDeps {
  bus: Bus;
  db: Db;
  clock: Clock;
  log: Log;
}

/** What is left to do with the message: ack it and delete its bodies, or have it again later. */
export type Verdict =
  | { kind: "done"; bodySeqs: readonly number[] }
  | { kind: "again"; afterMs: number };

export interface Attempted {
  event: MailEvent;
  loaded: LoadedContent;
  /** 1 for the first. */
  attempt: number;
  attemptedAtMs: number;
  exchange: Exchange;
}

const NOTHING: MailContent = { raw: null, envelope: null };
const bodySeqsOf = (loaded: LoadedContent) => (loaded.kind === "loaded" ? loaded.bodySeqs : []);

/** Does what follows an attempt and records it. Resolves when all of it is stored. */
export async function settleAttempt(
  deps: SettleDeps,
  retryScheduleMs: readonly number[],
  attempted: Attempted,
): Promise<Verdict> {
  const { event, loaded, attempt, exchange } = attempted;
  const outcome = outcomeOf(exchange.result, attempt, {
    retryScheduleMs,
    isTracer: isForbidden(exchange) && (await isTracerUser(deps.db, event.user_id)),
    random: deps.clock.random,
  });
  const record = await carryOut(deps, outcome, attempted);
  await publishRecord(deps, record);
  logAttempt(deps, attempted, record.outcome);
  return outcome.action === "retry"
    ? { kind: "again", afterMs: outcome.afterMs }
    : { kind: "done", bodySeqs: bodySeqsOf(loaded) };
}

/** An event that waited while its partner's webhook became blank. */
export async function settleSkipped(
  deps: SettleDeps,
  event: MailEvent,
  loaded: LoadedContent,
): Promise<Verdict> {
  const skipped = { outcome: "skipped", reason: "no_webhook" } as const;
  await publishRecord(deps, { ...subjectOf(event), ...skipped });
  return { kind: "done", bodySeqs: bodySeqsOf(loaded) };
}

/** An event that cannot be read: it would fail for ever, and must not hold up the others. */
export async function settlePoison(
  deps: SettleDeps,
  taken: { subject: string; id: string; attempt: number },
  text: string,
  lastError: string,
): Promise<Verdict> {
  const [, partnerId = "", kind = "", userId = ""] = taken.subject.split(".");
  const diedAtMs = deps.clock.now();
  const { seq } = await bury(deps.bus, {
    subject: `dead.${partnerId}.${kind}.${userId}`,
    eventId: taken.id,
    event: text,
    content: NOTHING,
    attempts: 0,
    lastError,
    diedAtMs,
  });
  const subject = { event_id: taken.id, partner_id: partnerId, user_id: userId, kind };
  await publishRecord(deps, {
    ...subject,
    outcome: "poison",
    dead_seq: seq,
    died_at_ms: diedAtMs,
    last_error: lastError,
  });
  deps.log.error("delivery.poisoned", { ...subject, error: lastError });
  return { kind: "done", bodySeqs: [] };
}

/** The user is archived, or the event buried, before the attempt is recorded and the event acked. */
async function carryOut(
  deps: SettleDeps,
  outcome: Outcome,
  { event, loaded, attempt, attemptedAtMs, exchange }: Attempted,
): Promise<AttemptRecord> {
  const { result, durationMs, answer } = exchange;
  const error = errorOf(result);
  const status = result.kind === "response" ? result.status : null;
  const record = {
    ...subjectOf(event),
    attempt,
    attempted_at_ms: attemptedAtMs,
    duration_ms: durationMs,
    status,
    error,
    answer,
  };
  switch (outcome.action) {
    case "ack":
      return { ...record, outcome: "delivered" };
    case "retry":
      return { ...record, outcome: "retry" };
    case "archive":
      await archiveRefusedUser(deps.db, {
        userId: event.user_id,
        partnerId: event.partner_id,
        reason: "refused_by_webhook",
        details: { event_id: event.id, status },
      });
      return { ...record, outcome: "archived" };
    case "bury": {
      const lastError = error ?? "";
      const diedAtMs = deps.clock.now();
      const { seq } = await bury(deps.bus, {
        subject: deadSubject(event),
        eventId: event.id,
        event,
        content: loaded.kind === "loaded" ? loaded.content : NOTHING,
        attempts: attempt,
        lastError,
        diedAtMs,
      });
      const grave = { dead_seq: seq, died_at_ms: diedAtMs, last_error: lastError };
      return { ...record, ...grave, outcome: "dead" };
    }
  }
}

async function publishRecord(deps: SettleDeps, record: AttemptRecord): Promise<void> {
  const message = {
    subject: attemptSubject(record),
    id: recordId(record),
    payload: JSON.stringify(record),
  };
  await deps.bus.publishUntilStored(message, AbortSignal.timeout(PUBLISH_PATIENCE_MS));
}

const isForbidden = ({ result }: Exchange) => result.kind === "response" && result.status === 403;

function logAttempt(deps: SettleDeps, attempted: Attempted, outcome: AttemptRecord["outcome"]) {
  const { event, attempt, attemptedAtMs, exchange } = attempted;
  const { result, durationMs } = exchange;
  deps.log.info("delivery.attempted", {
    ...subjectOf(event),
    attempt,
    status: result.kind === "response" ? result.status : null,
    error: errorOf(result),
    outcome,
    duration_ms: durationMs,
    latency_ms: attemptedAtMs - event.created_at_ms,
  });
}
