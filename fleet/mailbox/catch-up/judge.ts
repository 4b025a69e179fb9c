import type { ParkReason } from "../../../db/mail/parked-mails.ts";
import type { SeenRow } from "../../../db/mail/seen.ts";
import { decide, type DecisionContext, type SkipReason } from "./decide.ts";
import { type MessageHeader } from "../imap/fetch/message-header.ts";

/** A message with the names it is known by. */
export interface NamedMessage {
  header: MessageHeader;
  eventId: string;
  messageIdHash: string | null;
  /** What tells it from others of its Message-ID where its body is too large to be fetched; else null. */
  oversizeHash: string | null;
  /** Of one of our tracers: its uid. */
  tracerUid?: string | undefined;
}

export interface Body {
  source: Uint8Array;
  /** Of the text that the partner gets. */
  sha1: string;
  /** Null where there is no content. */
  contentHash: string | null;
}

/** What is to become of a message, as far as it is known. */
export type Verdict =
  | { kind: "skip"; reason: SkipReason }
  /** To be delivered; the body is still to be fetched. */
  | { kind: "wanted" }
  /** To be delivered without its body. */
  | { kind: "oversize"; contentHash: string | null }
  | { kind: "whole"; body: Body }
  /** It is there and cannot be fetched: to be tried again later. */
  | { kind: "parked"; reason: ParkReason };

export interface JudgedMessage extends NamedMessage {
  verdict: Verdict;
}

interface HeadersContext extends Omit<DecisionContext, "isKeptTracer"> {
  /** The user's tracers are not delivered. */
  keepsTracers: boolean;
}

/** Judges by headers. Messages that are recorded already are left out. */
export function judgeHeaders(
  messages: readonly NamedMessage[],
  recorded: readonly Pick<SeenRow, "eventId">[],
  { keepsTracers, ...context }: HeadersContext,
): JudgedMessage[] {
  const known = new Set(recorded.map(({ eventId }) => eventId));
  return messages
    .filter(({ eventId }) => !known.has(eventId))
    .map((message): JudgedMessage => {
      const { header, oversizeHash } = message;
      if (header.isUnreadable)
        return { ...message, verdict: { kind: "parked", reason: "header_not_fetched" } };
      const isKeptTracer = keepsTracers && message.tracerUid !== undefined;
      const decision = decide(header, { ...context, isKeptTracer });
      if (decision.action === "skip")
        return { ...message, verdict: { kind: "skip", reason: decision.reason } };
      if (decision.oversize)
        return { ...message, verdict: { kind: "oversize", contentHash: oversizeHash } };
      return { ...message, verdict: { kind: "wanted" } };
    });
}

/** True for what becomes an event. */
export const isDelivered = ({ verdict }: JudgedMessage) =>
  verdict.kind === "whole" || verdict.kind === "oversize";

/**
 * Judges by bodies. Of two mails with one content and one Message-ID the first counts, in this batch as in all
 * before, and so of two with the same bytes. A wanted message without a body is gone, unless it is one of the
 * `hopeless`.
 */
export function judgeBodies(
  messages: readonly JudgedMessage[],
  { bodies, hopeless }: { bodies: ReadonlyMap<number, Body>; hopeless: readonly number[] },
  seen: readonly SeenRow[],
): JudgedMessage[] {
  const known = [...seen];
  return messages.map((message) => {
    const verdict = withBody(message, bodies, hopeless);
    if (verdict.kind !== "whole" && verdict.kind !== "oversize") return { ...message, verdict };
    const names = namesOf({ ...message, verdict });
    const reason = known.map((row) => whySame(row, names)).find((why) => why !== null);
    if (reason) return { ...message, verdict: { kind: "skip", reason } };
    known.push({ eventId: message.eventId, ...names });
    return { ...message, verdict };
  });
}

function withBody(
  { header, verdict }: JudgedMessage,
  bodies: ReadonlyMap<number, Body>,
  hopeless: readonly number[],
): Verdict {
  if (verdict.kind !== "wanted") return verdict;
  if (hopeless.includes(header.uid)) return { kind: "parked", reason: "body_not_fetched" };
  const body = bodies.get(header.uid);
  return body ? { kind: "whole", body } : { kind: "skip", reason: "expunged" };
}

/** What a mail is known by later. */
type Names = Omit<SeenRow, "eventId">;

/** What is not delivered shadows no other mail. */
const NAMELESS: Names = { messageIdHash: null, contentHash: null, sha1: null };

/** What a judged message is known by later. */
export function namesOf({ messageIdHash, verdict }: JudgedMessage): Names {
  switch (verdict.kind) {
    case "whole": {
      const { sha1, contentHash } = verdict.body;
      // Nothing identifies nothing.
      return contentHash === null ? NAMELESS : { messageIdHash, contentHash, sha1 };
    }
    case "oversize": {
      const { contentHash } = verdict;
      return contentHash === null ? NAMELESS : { messageIdHash, contentHash, sha1: null };
    }
    case "skip":
    case "parked":
    case "wanted":
      return NAMELESS;
  }
}

/** Why `mail` is the one that `row` remembers; null if it is another. */
function whySame(row: SeenRow, mail: Names): SkipReason | null {
  if (mail.sha1 !== null && row.sha1 === mail.sha1) return "duplicate_sha1";
  if (mail.messageIdHash === null || row.messageIdHash !== mail.messageIdHash) return null;
  if (row.contentHash !== null)
    return row.contentHash === mail.contentHash ? "duplicate_message_id" : null;
  // Of an older version, or imported: a Message-ID alone.
  return row.sha1 === null && mail.contentHash !== null ? "duplicate_message_id" : null;
}
