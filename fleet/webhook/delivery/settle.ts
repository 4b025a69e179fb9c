import type { Db } from "../../../db/client.ts";
import type { PartnerSettings } from "../../../db/partners/partner-settings.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { MailEvent } from "../../../shared/users/events.ts";
import type { Log } from "../../../shared/log.ts";
import type { Exchange } from "../attempt/make-attempt.ts";
import { decideOutcome, describeResult, type Outcome } from "../attempt/outcome.ts";
import { identifyEvent } from "../record/attempt-record.ts";
import type { Recorder } from "../record/recorder.ts";
import { countBodyBytes, type Death } from "./death.ts";
import { pickBodySeqs } from "./mail-bodies.ts";
import { type LoadedContent } from "../attempt/loaded-content.ts";
import { obeyRefusal } from "./obey-refusal.ts";
import type { Taken } from "./take.ts";

export interface SettleDeps {
  recorder: Recorder;
  db: Db;
  clock: Clock;
  log: Log;
  /**
   * Called when the guard has paused the partner's lane. Must start a new read of the partners'
   * settings, which show the pause.
   */
  onGuarded(): void;
}

/**
 * What to do with the message: ack it and delete its bodies, or let NATS deliver it again later.
 */
export type DeliveryVerdict =
  | { kind: "done"; bodySeqs: readonly number[] }
  | { kind: "again"; afterMs: number };

/**
 * The result of a delivery. `dying`: the event is recorded as given up, but its letter is not in
 * DEAD yet.
 */
export type Conclusion = DeliveryVerdict | { kind: "dying"; death: Death };

export interface Attempted {
  event: MailEvent;
  /** The partner's settings at the beginning of the attempt. */
  partner: PartnerSettings;
  taken: Taken;
  loaded: LoadedContent;
  /** 1 for the first attempt. */
  attempt: number;
  attemptedAtMs: number;
  exchange: Exchange;
}

interface SettlePolicy {
  retryScheduleMs: readonly number[];
  /** Aborts when the lane stops. */
  signal: AbortSignal;
}

/**
 * Records an attempt. After a 403, also archives the user. The 403 is recorded first: a crash
 * before the archiving must not repeat the attempt at once.
 */
export async function settleAttempt(
  deps: SettleDeps,
  policy: SettlePolicy,
  attempted: Attempted,
): Promise<Conclusion> {
  const outcome = judge(deps, policy, attempted, false);
  if (outcome.action !== "archive") return record(deps, policy, attempted, outcome);
  const held = await record(deps, policy, attempted, { action: "hold" });
  const end = await obeyRefusal(deps, attempted.event, attempted.partner);
  switch (end) {
    case "hold":
      logAttempt(deps, attempted, "held");
      return held;
    case "archived":
      return record(deps, policy, attempted, { action: "archived" });
    case "tracer": {
      const withoutArchive = judge(deps, policy, attempted, true);
      if (withoutArchive.action === "archive") throw new Error("Cannot archive a tracer user");
      return record(deps, policy, attempted, withoutArchive);
    }
  }
}

/** Ends an event without an attempt, because its partner no longer has a webhook for it. */
export async function settleSkipped(
  { recorder }: Pick<SettleDeps, "recorder">,
  { event, taken, loaded }: Pick<Attempted, "event" | "taken" | "loaded">,
  signal: AbortSignal,
): Promise<DeliveryVerdict> {
  const skipped = { outcome: "skipped", reason: "no_webhook" } as const;
  await recorder.record({ ...identifyEvent(event), event_seq: taken.seq, ...skipped }, signal);
  return { kind: "done", bodySeqs: pickBodySeqs(loaded) };
}

const judge = (
  { clock }: SettleDeps,
  { retryScheduleMs }: SettlePolicy,
  { exchange, attempt }: Attempted,
  isTracer: boolean,
): Outcome =>
  decideOutcome(exchange.result, attempt, { retryScheduleMs, random: clock.random, isTracer });

/**
 * The outcome of an attempt. After a 403: `archived`, or `hold` if the user cannot be archived now.
 */
type Settled = Exclude<Outcome, { action: "archive" }> | { action: "archived" | "hold" };

async function record(
  deps: SettleDeps,
  { retryScheduleMs, signal }: SettlePolicy,
  attempted: Attempted,
  settled: Settled,
): Promise<Conclusion> {
  const { event, taken, loaded, attempt, exchange } = attempted;
  const nowMs = deps.clock.now();
  const base = toBaseRecord(attempted);
  const done = { kind: "done", bodySeqs: pickBodySeqs(loaded) } as const;
  const again = (againAtMs: number): DeliveryVerdict => ({
    kind: "again",
    afterMs: Math.max(againAtMs - deps.clock.now(), 0),
  });
  switch (settled.action) {
    case "ack":
      await deps.recorder.record({ ...base, outcome: "delivered" }, signal);
      logAttempt(deps, attempted, "delivered");
      return done;
    case "archived":
      await deps.recorder.record({ ...base, outcome: "archived" }, signal);
      logAttempt(deps, attempted, "archived");
      return done;
    case "retry": {
      const again_at_ms = nowMs + settled.afterMs;
      await deps.recorder.record({ ...base, outcome: "retry", again_at_ms }, signal);
      logAttempt(deps, attempted, "retry");
      return again(again_at_ms);
    }
    case "hold": {
      const again_at_ms = nowMs + heldMs(retryScheduleMs);
      await deps.recorder.record({ ...base, outcome: "held", again_at_ms }, signal);
      return again(again_at_ms);
    }
    case "bury": {
      const last_error = describeResult(exchange.result) ?? "";
      const body_bytes = countBodyBytes(event);
      const dying = { died_at_ms: nowMs, last_error, unreadable: false, body_bytes, waits: false };
      const last = { ...base, outcome: "retry", again_at_ms: nowMs, dying } as const;
      await deps.recorder.record(last, signal);
      logAttempt(deps, attempted, "dead");
      return { kind: "dying", death: { taken, event, attempts: attempt, dying } };
    }
  }
}

function toBaseRecord({ event, taken, attempt, attemptedAtMs, exchange }: Attempted) {
  const { result, durationMs, answer, answerHeaders, request } = exchange;
  return {
    ...identifyEvent(event),
    event_seq: taken.seq,
    attempt,
    created_at_ms: event.created_at_ms,
    attempted_at_ms: attemptedAtMs,
    duration_ms: durationMs,
    status: result.kind === "response" ? result.status : null,
    error: describeResult(result),
    answer,
    answer_headers: answerHeaders,
    request,
  };
}

/**
 * Returns how long a held attempt waits: the second delay of the retry schedule, by default a
 * minute.
 */
const heldMs = (retryScheduleMs: readonly number[]) =>
  retryScheduleMs[1] ?? retryScheduleMs[0] ?? 0;

type LoggedOutcome = "delivered" | "archived" | "retry" | "held" | "dead";

function logAttempt(deps: SettleDeps, attempted: Attempted, outcome: LoggedOutcome): void {
  const { event, attempt, attemptedAtMs, exchange } = attempted;
  const { result, durationMs } = exchange;
  deps.log.info("delivery.attempted", {
    ...identifyEvent(event),
    attempt,
    status: result.kind === "response" ? result.status : null,
    error: describeResult(result),
    outcome,
    duration_ms: durationMs,
    latency_ms: attemptedAtMs - event.created_at_ms,
  });
}
