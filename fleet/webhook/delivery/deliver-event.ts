import * as v from "valibot";
import type { Db } from "../../../db/client.ts";
import {
  findPartnerSettings,
  type PartnerSettings,
} from "../../../db/partners/partner-settings.ts";
import { isRemoved } from "../../../db/removal/removed-users.ts";
import { hasEnded } from "../../../db/deliveries/transmit-logs.ts";
import { event as eventSchema, type MailEvent } from "../../../shared/users/events.ts";
import type { Places } from "../../../shared/concurrency/places.ts";
import type { Bus } from "../../bus/bus.ts";
import type { Traces } from "../../traces/traces.ts";
import {
  type AttemptDeps,
  type AttemptSettings,
  type Exchange,
  makeAttempt,
} from "../attempt/make-attempt.ts";
import { findWebhook } from "../attempt/webhook-address.ts";
import { describeResult, hasFailed } from "../attempt/outcome.ts";
import type { AttemptInFlight } from "../attempt/recent-attempts.ts";
import { identifyEvent } from "../record/attempt-record.ts";
import type { Recorder } from "../record/recorder.ts";
import { giveUp, identifyTaken } from "./death.ts";
import { loadContent, pickBodySeqs } from "./mail-bodies.ts";
import { judgePast, NO_PAST, type OpenPast, readLastRecord } from "./past.ts";
import { type Conclusion, settleAttempt, settleSkipped } from "./settle.ts";
import { isFatal, type Taken, watchTake } from "./take.ts";
import { traceDelivery } from "./trace-delivery.ts";

export interface DeliveryDeps extends AttemptDeps {
  bus: Bus;
  db: Db;
  recorder: Recorder;
  /** Limits how many attempts the whole process makes at the same time. */
  places: Places;
  findPartner(partnerId: string): PartnerSettings | undefined;
  /** Whether the lane allows an attempt now. */
  mayAttempt(): boolean;
  /** Called when an attempt begins. The result is disposed of when it ends. */
  beginAttempt(): AttemptInFlight;
  /** Called after each attempt that shows whether the endpoint works. */
  onAttempt(hasFailed: boolean, error: string | null): void;
  /**
   * Called when the guard has paused the partner's lane. Must start a new read of the partners'
   * settings, which show the pause.
   */
  onGuarded(): void;
  /** Adds the spans of attempts to the traces of mails. */
  traces?: Traces;
}

export interface DeliverySettings extends AttemptSettings {
  retryScheduleMs: readonly number[];
  /** The age above which events are given up, whatever the state of their lane. */
  eventMaxAgeMs: number;
}

/** If the lane allows no attempt, NATS delivers the message again after this delay. */
const CLOSED_MS = 1_000;

const eventJson = v.pipe(v.string(), v.parseJson(), eventSchema);

/**
 * Makes one attempt to deliver an event. Records the result before the caller acts on it. So a
 * crash may repeat an attempt, but never loses an event.
 *
 * Rejects when NATS or PostgreSQL does not answer. This is not an attempt: NATS must deliver the
 * event again.
 *
 * @param signal Aborts when the lane stops.
 */
export async function deliverEvent(
  deps: DeliveryDeps,
  settings: DeliverySettings,
  taken: Taken,
  signal: AbortSignal,
): Promise<Conclusion> {
  const parsed = v.safeParse(eventJson, new TextDecoder().decode(taken.data));
  const event = parsed.success ? parsed.output : null;
  const past = await readPast(deps.bus, event, taken);
  if (past.kind === "dying") {
    const { attempts, dying } = past;
    return { kind: "dying", death: { taken, event, attempts, dying } };
  }
  if (past.kind === "ended") {
    const loaded = event && (await loadContent(deps.bus, event));
    return { kind: "done", bodySeqs: loaded ? pickBodySeqs(loaded) : [] };
  }
  const lastError = parsed.success
    ? hopelessness(past, deps.clock.now() - taken.storedAtMs, settings.eventMaxAgeMs)
    : describeIssue(parsed.issues[0]);
  if (lastError !== null || event === null) {
    const hopeless = { taken, event, attempts: past.attempts };
    return { kind: "dying", death: await giveUp(deps, hopeless, lastError ?? "", signal) };
  }
  return deliverOpen(deps, settings, { event, taken, past, signal });
}

/**
 * Reads the earlier attempts of an event. At the first delivery by NATS there are none, so nothing
 * is read.
 */
async function readPast(bus: Bus, event: MailEvent | null, taken: Taken) {
  if (taken.deliveries === 1) return NO_PAST;
  const subject = event ? identifyEvent(event) : identifyTaken(taken);
  return judgePast(await readLastRecord(bus, subject), taken.seq);
}

interface OpenDelivery {
  event: MailEvent;
  taken: Taken;
  past: OpenPast;
  signal: AbortSignal;
}

async function deliverOpen(
  deps: DeliveryDeps,
  settings: DeliverySettings,
  open: OpenDelivery,
): Promise<Conclusion> {
  const { event, taken, signal } = open;
  const partner = await findFreshPartner(deps, event);
  if (findWebhook(partner, event.kind) === null) {
    const loaded = await loadContent(deps.bus, event);
    return settleSkipped(deps, { event, taken, loaded }, signal);
  }
  if (!deps.mayAttempt()) return { kind: "again", afterMs: CLOSED_MS };
  using place = await deps.places.acquire({ partnerId: event.partner_id, host: null }, signal);
  // During the wait for a place, other events may have failed and opened the breaker.
  if (!deps.mayAttempt()) return { kind: "again", afterMs: CLOSED_MS };
  const release = () => place[Symbol.dispose]();
  // Without this `await`, the place would be released as soon as the attempt begins.
  return await watchTake(deps, open, () =>
    attemptOnce(deps, settings, { ...open, partner, release }),
  );
}

/**
 * Loads the content of an event, makes one attempt, and records its result.
 *
 * @param open Its `release()` gives back the place. It is called as soon as the endpoint has
 *   answered.
 */
async function attemptOnce(
  deps: DeliveryDeps,
  settings: DeliverySettings,
  open: OpenDelivery & { partner: PartnerSettings; release(): void },
): Promise<Conclusion> {
  const { event, taken, past, partner, signal } = open;
  const startedMs = deps.clock.now();
  const loaded = await loadContent(deps.bus, event);
  if (loaded.kind === "missing" && (await isSettled(deps, event, taken))) {
    return { kind: "done", bodySeqs: [] };
  }
  const attemptedAtMs = deps.clock.now();
  const exchange = await measureAttempt(deps, () =>
    makeAttempt(deps, settings, { event, partner, loaded }),
  );
  open.release();
  const failed = hasFailed(exchange.result);
  if (failed !== null) deps.onAttempt(failed, describeResult(exchange.result));
  const attempt = past.attempts + 1;
  const attempted = { event, partner, taken, loaded, attempt, attemptedAtMs, exchange };
  const policy = { retryScheduleMs: settings.retryScheduleMs, signal };
  const conclusion = await settleAttempt(deps, policy, attempted);
  traceDelivery(deps.traces, attempted, { startedMs, settledMs: deps.clock.now() });
  return conclusion;
}

async function measureAttempt(
  { beginAttempt }: Pick<DeliveryDeps, "beginAttempt">,
  attempt: () => Promise<Exchange>,
): Promise<Exchange> {
  using inFlight = beginAttempt();
  const exchange = await attempt();
  const failed = hasFailed(exchange.result);
  if (failed !== null) inFlight.answered(failed, exchange.durationMs);
  return exchange;
}

/**
 * Returns the partner's settings. A skipped event cannot be recovered. So if the known settings
 * have no webhook for the event, reads them from PostgreSQL again.
 */
async function findFreshPartner(
  { db, findPartner }: Pick<DeliveryDeps, "db" | "findPartner">,
  { partner_id, kind }: MailEvent,
): Promise<PartnerSettings> {
  const known = findPartner(partner_id);
  if (!known) throw new Error(`Cannot deliver: partner ${partner_id} is not known`);
  if (findWebhook(known, kind) !== null) return known;
  return (await findPartnerSettings(db, partner_id)) ?? known;
}

/**
 * Returns why an event is given up without another attempt, and its last error. Null if an attempt
 * may be made.
 */
function hopelessness(past: OpenPast, ageMs: number, maxAgeMs: number): string | null {
  const reason = isFatal(past)
    ? "every instance that tries to deliver it crashes"
    : ageMs > maxAgeMs
      ? "it is too old"
      : null;
  if (reason === null) return null;
  return past.lastError === null
    ? `${reason}, and was never answered`
    : `${reason}: ${past.lastError}`;
}

/**
 * Returns whether the event has ended or its user was removed. In both cases, its body was deleted.
 * After a lost ack, NATS delivers such an event again. A server that was killed may even count this
 * delivery as the first one.
 */
const isSettled = async (
  { bus, db }: Pick<DeliveryDeps, "bus" | "db">,
  event: MailEvent,
  { seq }: Taken,
) =>
  judgePast(await readLastRecord(bus, identifyEvent(event)), seq).kind === "ended" ||
  (await hasEnded(db, event.id)) ||
  (await isRemoved(db, event.user_id));

/**
 * Describes why an event cannot be read. Names the wrong field, but not its value: the value may be
 * personal data.
 */
function describeIssue(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  return `the event cannot be read: ${path === null ? "it is not JSON" : `${path} is wrong`}`;
}
