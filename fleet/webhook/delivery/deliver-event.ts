import * as v from "valibot";
import type { Db } from "../../../db/client.ts";
import { findPartnerSettings, type PartnerSettings } from "../../../db/partner-settings.ts";
import { isRemoved } from "../../../db/removed-users.ts";
import { hasEnded } from "../../../db/transmit-logs.ts";
import { event as eventSchema, type MailEvent } from "../../../shared/events.ts";
import type { Bus } from "../../bus/bus.ts";
import type { Traces } from "../../traces/traces.ts";
import { subjectOf } from "../record/attempt-record.ts";
import { giveUp, giveUpUnreadable } from "./give-up.ts";
import { bodySeqsOf, loadContent } from "./mail-bodies.ts";
import {
  type AttemptDeps,
  type AttemptSettings,
  makeAttempt,
  webhookOf,
} from "../attempt/make-attempt.ts";
import { errorOf, hasFailed } from "../attempt/outcome.ts";
import { NO_PAST, type OpenPast, pastOf, readLastRecord } from "./past.ts";
import { settleAttempt, settleSkipped, type Verdict } from "./settle.ts";
import { isFatal, type Taken, watchTake } from "./take.ts";
import { traceDelivery } from "./trace-delivery.ts";

export interface DeliveryDeps extends AttemptDeps {
  bus: Bus;
  db: Db;
  findPartner(partnerId: string): PartnerSettings | undefined;
  /** Whether the lane lets an attempt through at this moment. */
  mayAttempt(): boolean;
  /** Hears of each attempt of which it can be said whether the endpoint failed. */
  onAttempt(hasFailed: boolean, error: string | null): void;
  /** Has the partner's settings read again: the guard has paused its lane. */
  onGuarded(): void;
  /** Goes on with the traces of mails. */
  traces?: Traces;
}

export interface DeliverySettings extends AttemptSettings {
  retryScheduleMs: readonly number[];
  /** Older events are given up, whatever their lane does. */
  eventMaxAgeMs: number;
}

/** When a message comes again that was taken though its lane lets nothing through. */
const CLOSED_MS = 1_000;

const eventJson = v.pipe(v.string(), v.parseJson(), eventSchema);

/**
 * Makes one attempt to deliver an event and writes down what came of it. The verdict may be obeyed
 * only after that: in this order a crash at any moment repeats an attempt and never loses an event.
 *
 * Rejects when something it needs (NATS, PostgreSQL) does not answer: the event is to be taken again,
 * and no attempt was spent.
 */
export async function deliverEvent(
  deps: DeliveryDeps,
  settings: DeliverySettings,
  taken: Taken,
): Promise<Verdict> {
  const text = new TextDecoder().decode(taken.data);
  const parsed = v.safeParse(eventJson, text);
  if (!parsed.success) {
    return giveUpUnreadable(deps, taken, { text, lastError: faultOf(parsed.issues[0]) });
  }
  const event = parsed.output;
  const past = await pastOfTaken(deps.bus, event, taken);
  if (past.kind === "ended") {
    return { kind: "done", bodySeqs: bodySeqsOf(await loadContent(deps.bus, event)) };
  }
  return watchTake(deps, { event, taken, past }, () =>
    deliverOpen(deps, settings, { event, taken, past }),
  );
}

/** What is given out for the first time has no past: nobody is asked. */
const pastOfTaken = async (bus: Bus, event: MailEvent, { deliveries, seq }: Taken) =>
  deliveries === 1 ? NO_PAST : pastOf(await readLastRecord(bus, subjectOf(event)), seq);

async function deliverOpen(
  deps: DeliveryDeps,
  settings: DeliverySettings,
  { event, taken, past }: { event: MailEvent; taken: Taken; past: OpenPast },
): Promise<Verdict> {
  const startedMs = deps.clock.now();
  const loaded = await loadContent(deps.bus, event);
  const lastError = hopelessness(past, deps.clock.now() - taken.storedAtMs, settings.eventMaxAgeMs);
  if (lastError !== null) {
    return giveUp(deps, taken, { event, loaded, attempts: past.attempts, lastError });
  }
  const partner = await partnerOf(deps, event);
  const url = webhookOf(partner, event.kind);
  if (url === null) return settleSkipped(deps, { event, taken, loaded });
  if (loaded.kind === "missing" && (await isSettled(deps.db, event))) {
    return { kind: "done", bodySeqs: [] };
  }
  if (!deps.mayAttempt()) return { kind: "again", afterMs: CLOSED_MS };

  const attemptedAtMs = deps.clock.now();
  const exchange = await makeAttempt(deps, settings, { event, partner, url, loaded });
  const failed = hasFailed(exchange.result);
  if (failed !== null) deps.onAttempt(failed, errorOf(exchange.result));
  const attempt = past.attempts + 1;
  const attempted = { event, partner, taken, loaded, attempt, attemptedAtMs, exchange };
  const verdict = await settleAttempt(deps, settings.retryScheduleMs, attempted);
  traceDelivery(deps.traces, attempted, { startedMs, settledMs: deps.clock.now() });
  return verdict;
}

/** An event that is skipped is gone: settings that seem to want none of its kind are read anew first. */
async function partnerOf(
  { db, findPartner }: Pick<DeliveryDeps, "db" | "findPartner">,
  { partner_id, kind }: MailEvent,
): Promise<PartnerSettings> {
  const known = findPartner(partner_id);
  if (!known) throw new Error(`Cannot deliver: partner ${partner_id} is not known`);
  if (webhookOf(known, kind) !== null) return known;
  return (await findPartnerSettings(db, partner_id)) ?? known;
}

/** Why an event is given up without another attempt, with its last error; null when it is not. */
function hopelessness(past: OpenPast, ageMs: number, maxAgeMs: number): string | null {
  const reason = isFatal(past)
    ? "whoever delivers it dies of it"
    : ageMs > maxAgeMs
      ? "it is too old"
      : null;
  if (reason === null) return null;
  return past.lastError === null
    ? `${reason}, and was never answered`
    : `${reason}: ${past.lastError}`;
}

/** A server that lost the ack gives the event again, but its body was deleted; so were a removed user's bodies. */
const isSettled = async (db: Db, event: MailEvent) =>
  (await hasEnded(db, event.id)) || (await isRemoved(db, event.user_id));

/** Names the wrong field; its value may be personal. */
function faultOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  return `the event cannot be read: ${path === null ? "it is not JSON" : `${path} is wrong`}`;
}
