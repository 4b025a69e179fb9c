import type { ParkReason } from "../../../../db/mail/parked-mails.ts";
import type { SeenRow } from "../../../../db/mail/seen.ts";
import { decide, type DecisionContext, type SkipReason } from "./decide.ts";
import { type MessageHeader } from "../../imap/fetch/message-header.ts";

/** A message with its identifiers. */
export interface NamedMessage {
  header: MessageHeader;
  eventId: string;
  messageIdHash: string | null;
  /**
   * Distinguishes a message that is too large from others with the same Message-ID: its body is not
   * fetched. Null if the message is not too large.
   */
  oversizeHash: string | null;
  /** The tracer's id (not an IMAP UID), if the message is one of our tracers. */
  tracerUid?: string | undefined;
}

export interface Body {
  source: Uint8Array;
  /** SHA-1 of the text that the partner receives. */
  sha1: string;
  /** Null for a blank mail. */
  contentHash: string | null;
}

/** What happens to a message, as far as that is decided. */
export type MessageVerdict =
  | { kind: "skip"; reason: SkipReason }
  /** The message must be delivered, and its body is not fetched yet. */
  | { kind: "wanted" }
  /** The message must be delivered without its body. */
  | { kind: "oversize"; contentHash: string | null }
  | { kind: "whole"; body: Body }
  /** The message exists but cannot be fetched. It is tried again later. */
  | { kind: "parked"; reason: ParkReason };

export interface JudgedMessage extends NamedMessage {
  verdict: MessageVerdict;
}

interface HeadersContext extends Omit<DecisionContext, "isKeptTracer"> {
  /** Whether this user's tracers are not delivered. */
  keepsTracers: boolean;
}

/** Judges messages by their headers. Leaves out messages that are already recorded. */
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

/** Returns whether the message becomes an event. */
export const isDelivered = ({ verdict }: JudgedMessage) =>
  verdict.kind === "whole" || verdict.kind === "oversize";

/**
 * Judges messages by their bodies. A mail is a duplicate if an earlier mail has the same content
 * and Message-ID, or the same bytes. The earlier mail may be in this batch.
 *
 * A wanted message without a body is skipped as expunged. It is parked instead if its UID is in
 * `hopeless`: its fetch failed too often.
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
    const names = nameMail({ ...message, verdict });
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
): MessageVerdict {
  if (verdict.kind !== "wanted") return verdict;
  if (hopeless.includes(header.uid)) return { kind: "parked", reason: "body_not_fetched" };
  const body = bodies.get(header.uid);
  return body ? { kind: "whole", body } : { kind: "skip", reason: "expunged" };
}

/** The values by which a mail is recognized later. */
type Names = Omit<SeenRow, "eventId">;

/**
 * The values of a mail that is blank or not delivered. All are null, so no other mail counts as its
 * duplicate.
 */
const NAMELESS: Names = { messageIdHash: null, contentHash: null, sha1: null };

/** Returns the values by which a judged message is recognized later. */
export function nameMail({ messageIdHash, verdict }: JudgedMessage): Names {
  switch (verdict.kind) {
    case "whole": {
      const { sha1, contentHash } = verdict.body;
      // Nothing distinguishes a blank mail from other blank mails.
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

/** Returns why `mail` is a duplicate of the mail that `row` describes, or null if it is not. */
function whySame(row: SeenRow, mail: Names): SkipReason | null {
  if (mail.sha1 !== null && row.sha1 === mail.sha1) return "duplicate_sha1";
  if (mail.messageIdHash === null || row.messageIdHash !== mail.messageIdHash) return null;
  if (row.contentHash !== null)
    return row.contentHash === mail.contentHash ? "duplicate_message_id" : null;
  // The row has no content hash: an older version or an import wrote it. If it has a SHA-1, only an
  // equal SHA-1 means a duplicate (checked above). Otherwise the Message-ID decides.
  return row.sha1 === null && mail.contentHash !== null ? "duplicate_message_id" : null;
}
