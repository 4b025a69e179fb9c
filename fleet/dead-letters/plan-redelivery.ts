import * as v from "valibot";
import type { ClaimedLetter } from "../../db/deliveries/redeliveries.ts";
import { type Envelope, event as eventSchema, type MailEvent } from "../../shared/users/events.ts";
import type { DeadLetter } from "../webhook/delivery/dead-letter.ts";

/** An event with everything that is needed to deliver it. */
export interface WholeEvent {
  event: MailEvent;
  rfc822Base64: string | null;
  envelope: Envelope | null;
}

/** Whether and how an event is delivered again. */
export type RedeliveryPlan =
  | { kind: "publish"; whole: WholeEvent }
  /** The mail is fetched again from its user's mailbox. */
  | { kind: "refetch" }
  /** The event cannot be delivered. `error` is the reason, which the partner can read. */
  | { kind: "return"; error: string };

type Facts = Pick<ClaimedLetter, "kind" | "hasMail" | "isRemoved"> & { isWatched: boolean };

/**
 * Decides how to deliver a dead letter's event again.
 * @param letter The letter in DEAD; null if it no longer exists.
 */
export function planRedelivery(letter: DeadLetter | null, facts: Facts): RedeliveryPlan {
  if (facts.isRemoved) return returned("the user was removed");
  if (letter) {
    const parsed = v.safeParse(eventSchema, letter.event);
    if (!parsed.success) return returned("the event cannot be read");
    const whole = toWholeEvent(parsed.output, letter);
    if (whole) return { kind: "publish", whole };
  }
  if (facts.kind !== "new_mail") return returned("what the event says is no longer stored");
  if (!facts.hasMail) {
    return returned("the mail is no longer stored, and where it was in its mailbox is not known");
  }
  if (!facts.isWatched) {
    return returned("the mail is no longer stored, and its mailbox is not watched now");
  }
  return { kind: "refetch" };
}

const returned = (error: string): RedeliveryPlan => ({ kind: "return", error });

/**
 * Returns the whole event. Null if a part of the mail was already missing when the letter was
 * written, or did not fit into the letter.
 */
function toWholeEvent(event: MailEvent, letter: DeadLetter): WholeEvent | null {
  if (event.kind !== "new_mail") return { event, rfc822Base64: null, envelope: null };
  const envelope = event.envelope ?? letter.envelope;
  const rfc822Base64 = letter.rfc822_base64;
  if (envelope === null || (rfc822Base64 === null && !event.oversize)) return null;
  return { event, rfc822Base64, envelope };
}
