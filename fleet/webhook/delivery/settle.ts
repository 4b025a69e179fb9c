import type { Db } from "../../../db/client.ts";
import type { PartnerSettings } from "../../../db/partner-settings.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { MailEvent } from "../../../shared/events.ts";
import type { Log } from "../../../shared/log.ts";
import type { Bus } from "../../bus/bus.ts";
import { deadSubject } from "../../bus/subjects.ts";
import type { Exchange } from "../attempt/attempt.ts";
import { type AttemptRecord, subjectOf } from "../record/attempt-record.ts";
import { bury } from "./dead-letter.ts";
import { bodySeqsOf, contentOf, type LoadedContent } from "./mail-bodies.ts";
import { obeyRefusal } from "./obey-refusal.ts";
import { errorOf, type Outcome, outcomeOf } from "../attempt/outcome.ts";
import { publishRecord } from "../record/publish-record.ts";
import type { Taken } from "./take.ts";

export interface SettleDeps {
  bus: Bus;
  db: Db;
  clock: Clock;
  log: Log;
  /** Has the partner's settings read again: its lane was paused by what an attempt came to. */
  onGuarded(): void;
}

/** What is left to do with the message: ack it and delete its bodies, or have it again later. */
export type Verdict =
  | { kind: "done"; bodySeqs: readonly number[] }
  | { kind: "again"; afterMs: number };

export interface Attempted {
  event: MailEvent;
  /** As it stood when the attempt began. */
  partner: PartnerSettings;
  taken: Taken;
  loaded: LoadedContent;
  /** 1 for the first. */
  attempt: number;
  attemptedAtMs: number;
  exchange: Exchange;
}

/** What came of an attempt: as outcome.ts decides, but that a 403 is obeyed already, or is not now. */
type Settled = Exclude<Outcome, { action: "archive" }> | { action: "archived" | "hold" };

/** Does what follows an attempt and records it. Resolves when all of it is stored. */
export async function settleAttempt(
  deps: SettleDeps,
  retryScheduleMs: readonly number[],
  attempted: Attempted,
): Promise<Verdict> {
  const settled = await settle(deps, retryScheduleMs, attempted);
  const record = await recordOf(deps, settled, { ...attempted, retryScheduleMs });
  await publishRecord(deps.bus, record);
  logAttempt(deps, attempted, record.outcome);
  return "again_at_ms" in record
    ? { kind: "again", afterMs: Math.max(record.again_at_ms - deps.clock.now(), 0) }
    : { kind: "done", bodySeqs: bodySeqsOf(attempted.loaded) };
}

/** An event that waited while its partner's webhook became blank. */
export async function settleSkipped(
  deps: SettleDeps,
  { event, taken, loaded }: Pick<Attempted, "event" | "taken" | "loaded">,
): Promise<Verdict> {
  const skipped = { outcome: "skipped", reason: "no_webhook" } as const;
  await publishRecord(deps.bus, { ...subjectOf(event), event_seq: taken.seq, ...skipped });
  return { kind: "done", bodySeqs: bodySeqsOf(loaded) };
}

/** The user is archived before the attempt is recorded and the event acked. */
async function settle(
  deps: SettleDeps,
  retryScheduleMs: readonly number[],
  { event, partner, attempt, exchange: { result } }: Attempted,
): Promise<Settled> {
  const policy = { retryScheduleMs, random: deps.clock.random };
  const outcome = outcomeOf(result, attempt, { ...policy, isTracer: false });
  if (outcome.action !== "archive") return outcome;
  const end = await obeyRefusal(deps, event, partner);
  if (end !== "tracer") return { action: end };
  const withoutArchive = outcomeOf(result, attempt, { ...policy, isTracer: true });
  if (withoutArchive.action === "archive") throw new Error("Cannot archive a tracer user");
  return withoutArchive;
}

/** The event is buried before the attempt is recorded and the event acked. */
async function recordOf(
  deps: SettleDeps,
  settled: Settled,
  attempted: Attempted & { retryScheduleMs: readonly number[] },
): Promise<AttemptRecord> {
  const { event, taken, loaded, attempt, attemptedAtMs, exchange, retryScheduleMs } = attempted;
  const { result, durationMs, answer } = exchange;
  const error = errorOf(result);
  const nowMs = deps.clock.now();
  const record = {
    ...subjectOf(event),
    event_seq: taken.seq,
    attempt,
    created_at_ms: event.created_at_ms,
    attempted_at_ms: attemptedAtMs,
    duration_ms: durationMs,
    status: result.kind === "response" ? result.status : null,
    error,
    answer,
  };
  switch (settled.action) {
    case "ack":
      return { ...record, outcome: "delivered" };
    case "archived":
      return { ...record, outcome: "archived" };
    case "retry":
      return { ...record, outcome: "retry", again_at_ms: nowMs + settled.afterMs };
    case "hold":
      return { ...record, outcome: "held", again_at_ms: nowMs + heldMs(retryScheduleMs) };
    case "bury": {
      const lastError = error ?? "";
      const { seq } = await bury(deps.bus, {
        subject: deadSubject(event),
        messageId: taken.id,
        event,
        content: contentOf(loaded),
        attempts: attempt,
        lastError,
        diedAtMs: nowMs,
      });
      const grave = { dead_seq: seq, died_at_ms: nowMs, last_error: lastError };
      return { ...record, ...grave, outcome: "dead" };
    }
  }
}

/** As long as before a second retry: a minute by default. */
const heldMs = (retryScheduleMs: readonly number[]) =>
  retryScheduleMs[1] ?? retryScheduleMs[0] ?? 0;

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
