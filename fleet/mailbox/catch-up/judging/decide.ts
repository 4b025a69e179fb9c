import type { MessageHeader } from "../../imap/fetch/message-header.ts";

/** Why a message is not delivered; stored in mail_logs. */
export type SkipReason =
  | "before_user"
  | "draft"
  | "sent"
  | "no_webhook"
  | "duplicate_message_id"
  | "duplicate_sha1"
  | "expunged"
  /**
   * UIDVALIDITY changed before the message was fetched again. The scan finds the message under its
   * new UID.
   */
  | "mailbox_reset"
  /** The user changed to another account before the message was fetched again. */
  | "account_changed"
  /** A tracer, which we sent ourselves to measure latency. */
  | "tracer";

export type Decision =
  | { action: "deliver"; oversize: boolean }
  | { action: "skip"; reason: SkipReason };

export interface DecisionContext {
  watchFrom: Date;
  wantsNewMail: boolean;
  holdsAllMail: boolean;
  maxEmailSizeBytes: number;
  /**
   * Whether mail is read by UID and not by date. If so, `watchFrom` does not matter: all mail after
   * the cursor arrived after the user was created.
   */
  isLive: boolean;
  /** Whether the message is a tracer of a user whose tracers are not delivered. */
  isKeptTracer: boolean;
}

/** Decides what to do with a message, by its header alone. */
export function decide(header: MessageHeader, context: DecisionContext): Decision {
  if (isTooOld(header, context)) return { action: "skip", reason: "before_user" };
  if (context.isKeptTracer) return { action: "skip", reason: "tracer" };
  const has = (label: string) => [...header.labels].some((one) => one.toLowerCase() === label);
  if (context.holdsAllMail && has("\\draft")) return { action: "skip", reason: "draft" };
  if (context.holdsAllMail && has("\\sent") && !has("\\inbox"))
    return { action: "skip", reason: "sent" };
  if (!context.wantsNewMail) return { action: "skip", reason: "no_webhook" };
  return { action: "deliver", oversize: header.sizeBytes > context.maxEmailSizeBytes };
}

/**
 * Returns whether the message is too old to be delivered. INTERNALDATE has whole seconds (RFC 9051,
 * 6.3.12). So the limit is rounded down to seconds.
 */
function isTooOld(header: MessageHeader, { watchFrom, isLive }: DecisionContext): boolean {
  const boundMs = Math.floor(watchFrom.getTime() / 1_000) * 1_000;
  return !isLive && header.internalDate.getTime() < boundMs;
}

/** Limits a date to now: a date in the future would hide later mail from a search by date. */
export function clampToNow(date: Date, nowMs: number): Date {
  return date.getTime() > nowMs ? new Date(nowMs) : date;
}
