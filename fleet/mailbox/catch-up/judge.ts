import type { SeenRow } from "../../../db/seen.ts";
import { decide, type DecisionContext, type MessageHeader, type SkipReason } from "./decide.ts";

/** A message with the names it is known by. */
export interface NamedMessage {
  header: MessageHeader;
  eventId: string;
  messageIdHash: string | null;
  /** Of one of our tracers: its uid. */
  tracerUid?: string | undefined;
}

export interface Body {
  source: Uint8Array;
  /** Of the text that the partner gets. */
  sha1: string;
}

/** What is to become of a message, as far as it is known. */
export type Verdict =
  | { kind: "skip"; reason: SkipReason }
  /** To be delivered; the body is still to be fetched. */
  | { kind: "wanted" }
  /** To be delivered without its body. */
  | { kind: "oversize" }
  | { kind: "whole"; body: Body }
  /** It is there and cannot be fetched: to be tried again later. */
  | { kind: "parked"; reason: ParkReason };

/** Why a message is parked; stands in mail_logs. */
export type ParkReason = "header_not_fetched" | "body_not_fetched";

export interface JudgedMessage extends NamedMessage {
  verdict: Verdict;
}

interface HeadersContext extends Omit<DecisionContext, "isKeptTracer" | "isKnownMessageId"> {
  /** The user's tracers are not delivered. */
  keepsTracers: boolean;
}

/**
 * Judges by headers. Messages that are recorded already are left out; of two with one Message-ID
 * the first counts, in this batch as in all before.
 */
export function judgeHeaders(
  messages: readonly NamedMessage[],
  seen: readonly SeenRow[],
  { keepsTracers, ...context }: HeadersContext,
): JudgedMessage[] {
  const recorded = new Set(seen.map(({ eventId }) => eventId));
  const known = new Set(seen.map(({ messageIdHash }) => messageIdHash));
  return messages
    .filter(({ eventId }) => !recorded.has(eventId))
    .map((message): JudgedMessage => {
      const { messageIdHash, header } = message;
      if (header.isUnreadable)
        return { ...message, verdict: { kind: "parked", reason: "header_not_fetched" } };
      const isKnownMessageId = messageIdHash !== null && known.has(messageIdHash);
      const isKeptTracer = keepsTracers && message.tracerUid !== undefined;
      const decision = decide(header, { ...context, isKeptTracer, isKnownMessageId });
      if (decision.action === "skip")
        return { ...message, verdict: { kind: "skip", reason: decision.reason } };
      known.add(messageIdHash);
      return { ...message, verdict: { kind: decision.oversize ? "oversize" : "wanted" } };
    });
}

/** True for what becomes an event. */
export const isDelivered = ({ verdict }: JudgedMessage) =>
  verdict.kind === "whole" || verdict.kind === "oversize";

/**
 * Judges by bodies: the same body twice is one mail, whatever its Message-ID. A wanted message
 * without a body is gone, unless it is one of the `hopeless`.
 */
export function judgeBodies(
  messages: readonly JudgedMessage[],
  { bodies, hopeless }: { bodies: ReadonlyMap<number, Body>; hopeless: readonly number[] },
  seen: readonly SeenRow[],
): JudgedMessage[] {
  const known = new Set(seen.map(({ sha1 }) => sha1));
  return messages.map((message) => {
    if (message.verdict.kind !== "wanted") return message;
    const { uid } = message.header;
    if (hopeless.includes(uid))
      return { ...message, verdict: { kind: "parked", reason: "body_not_fetched" } };
    const body = bodies.get(uid);
    if (!body) return { ...message, verdict: { kind: "skip", reason: "expunged" } };
    if (known.has(body.sha1))
      return { ...message, verdict: { kind: "skip", reason: "duplicate_sha1" } };
    known.add(body.sha1);
    return { ...message, verdict: { kind: "whole", body } };
  });
}
