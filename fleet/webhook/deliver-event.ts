import * as v from "valibot";
import type { Db } from "../../db/client.ts";
import type { PartnerSettings } from "../../db/partner-settings.ts";
import { isRemoved } from "../../db/removed-users.ts";
import { hasEnded } from "../../db/transmit-logs.ts";
import { event as eventSchema, type MailEvent } from "../../shared/events.ts";
import type { Bus } from "../bus/bus.ts";
import { loadContent } from "./mail-bodies.ts";
import { type AttemptDeps, type AttemptSettings, makeAttempt, webhookOf } from "./make-attempt.ts";
import { settleAttempt, settlePoison, settleSkipped, type Verdict } from "./settle.ts";

export interface DeliveryDeps extends AttemptDeps {
  bus: Bus;
  db: Db;
  findPartner(partnerId: string): PartnerSettings | undefined;
}

export interface DeliverySettings extends AttemptSettings {
  retryScheduleMs: readonly number[];
}

/** A message of EVENTS. */
export interface Taken {
  subject: string;
  /** `Nats-Msg-Id`: the event id. */
  id: string;
  data: Uint8Array;
  /** How often it was taken, this time included. */
  attempt: number;
}

const eventJson = v.pipe(v.string(), v.parseJson(), eventSchema);

/**
 * Makes one attempt to deliver an event and writes down what came of it. The verdict may be obeyed
 * only after that: in this order a crash at any moment repeats an attempt and never loses an event.
 *
 * Rejects when something it needs (NATS, PostgreSQL) does not answer: the event is to be taken again.
 */
export async function deliverEvent(
  deps: DeliveryDeps,
  settings: DeliverySettings,
  taken: Taken,
): Promise<Verdict> {
  const text = new TextDecoder().decode(taken.data);
  const parsed = v.safeParse(eventJson, text);
  if (!parsed.success) return settlePoison(deps, taken, text, faultOf(parsed.issues[0]));
  const event = parsed.output;

  const partner = deps.findPartner(event.partner_id);
  if (!partner) throw new Error(`Cannot deliver: partner ${event.partner_id} is not known`);
  const loaded = await loadContent(deps.bus, event);
  const url = webhookOf(partner, event.kind);
  if (url === null) return settleSkipped(deps, event, loaded);
  if (loaded.kind === "missing" && (await isSettled(deps.db, event))) {
    return { kind: "done", bodySeqs: [] };
  }

  const attemptedAtMs = deps.clock.now();
  const exchange = await makeAttempt(deps, settings, { event, partner, url, loaded });
  return settleAttempt(deps, settings.retryScheduleMs, {
    event,
    loaded,
    attempt: taken.attempt,
    attemptedAtMs,
    exchange,
  });
}

/** A server that lost the ack gives the event again, but its body was deleted; so were a removed user's bodies. */
const isSettled = async (db: Db, event: MailEvent) =>
  (await hasEnded(db, event.id)) || (await isRemoved(db, event.user_id));

/** Names the wrong field; its value may be personal. */
function faultOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  return `the event cannot be read: ${path === null ? "it is not JSON" : `${path} is wrong`}`;
}
