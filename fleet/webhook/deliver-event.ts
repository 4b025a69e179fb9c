import * as v from "valibot";
import type { Db } from "../../db/client.ts";
import type { PartnerSettings } from "../../db/partner-settings.ts";
import { isRemoved } from "../../db/removed-users.ts";
import { hasEnded } from "../../db/transmit-logs.ts";
import type { Clock } from "../../shared/clock.ts";
import type { ConnectLinks } from "../../shared/connect-link.ts";
import { messageOf } from "../../shared/errors.ts";
import { event as eventSchema, type EventKind, type MailEvent } from "../../shared/events.ts";
import type { Log } from "../../shared/log.ts";
import type { Bus } from "../bus/bus.ts";
import { attempt, type Exchange } from "./attempt.ts";
import { subjectOf } from "./attempt-record.ts";
import { type LoadedContent, loadContent } from "./mail-bodies.ts";
import { connectUrlOf } from "./connect-url.ts";
import type { KeysOf } from "./partner-keys.ts";
import { type BodySignature, payloadOf } from "./payload.ts";
import { settleAttempt, settlePoison, settleSkipped, type Verdict } from "./settle.ts";
import { signRequest } from "./webhook-request.ts";

export interface DeliveryDeps {
  bus: Bus;
  db: Db;
  clock: Clock;
  log: Log;
  fetch: typeof fetch;
  findPartner(partnerId: string): PartnerSettings | undefined;
  keysOf: KeysOf;
  links: ConnectLinks;
}

export interface DeliverySettings {
  retryScheduleMs: readonly number[];
  attemptTimeoutMs: number;
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
  const exchange = await exchangeOf(deps, settings, { event, partner, url, loaded });
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

interface Delivery {
  event: MailEvent;
  partner: PartnerSettings;
  url: string;
  loaded: LoadedContent;
}

async function exchangeOf(
  deps: DeliveryDeps,
  settings: DeliverySettings,
  { event, partner, url, loaded }: Delivery,
): Promise<Exchange> {
  if (loaded.kind === "missing") return unmade(loaded.reason);
  try {
    const nowMs = deps.clock.now();
    const connectUrl =
      event.kind === "user_auth_failed" ? await connectUrlOf(deps.links, event) : undefined;
    const content = { ...loaded.content, ...(connectUrl !== undefined && { connectUrl }) };
    const bodyOf = (signature: BodySignature) => payloadOf(event, content, signature);
    const keys = await deps.keysOf(partner, nowMs);
    const request = await signRequest({ id: event.id, sha1: event.sha1, bodyOf }, keys, nowMs);
    return await attempt(deps, url, request, settings.attemptTimeoutMs);
  } catch (error) {
    deps.log.error("delivery.unmade", { ...subjectOf(event), error: messageOf(error) });
    return unmade(messageOf(error));
  }
}

const unmade = (reason: string): Exchange => ({
  result: { kind: "unmade", reason },
  durationMs: 0,
  answer: null,
});

/** Null: the partner wants nothing of that kind. */
export function webhookOf(partner: PartnerSettings, kind: EventKind): string | null {
  const urls: Record<EventKind, string | null> = {
    new_mail: partner.newMailWebhook,
    user_connected: partner.userConnectedWebhook,
    user_disconnected: partner.userDisconnectedWebhook,
    user_auth_failed: partner.userAuthFailedWebhook,
  };
  return urls[kind]?.trim() || null;
}

/** Names the wrong field; its value may be personal. */
function faultOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  return `the event cannot be read: ${path === null ? "it is not JSON" : `${path} is wrong`}`;
}
