import type { MessageHeader } from "../imap/fetch/message-header.ts";

/** Why a message is not delivered; stands in mail_logs. */
export type SkipReason =
  | "before_user"
  | "draft"
  | "sent"
  | "no_webhook"
  | "duplicate_message_id"
  | "duplicate_sha1"
  | "expunged"
  /** It was to be fetched again, and UIDVALIDITY has changed: under its new UID it is found by the scan. */
  | "mailbox_reset"
  /** It was to be fetched again, and its user is another account now. */
  | "account_changed"
  /** We sent it ourselves, to measure the way. */
  | "tracer";

export type Decision =
  | { action: "deliver"; oversize: boolean }
  | { action: "skip"; reason: SkipReason };

export interface DecisionContext {
  watchFrom: Date;
  wantsNewMail: boolean;
  holdsAllMail: boolean;
  maxEmailSizeBytes: number;
  /** True while reading on by UID: what comes after the cursor came after the user, whatever its date. */
  isLive: boolean;
  /** One of our tracers, of a user who has them not delivered. */
  isKeptTracer: boolean;
}

/** Decides what becomes of a message, as far as its header tells. */
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

/** INTERNALDATE has no fractions of a second (RFC 9051, 6.3.12), so neither may the bound. */
function isTooOld(header: MessageHeader, { watchFrom, isLive }: DecisionContext): boolean {
  const boundMs = Math.floor(watchFrom.getTime() / 1_000) * 1_000;
  return !isLive && header.internalDate.getTime() < boundMs;
}

/** A date from the future would hide later mail from a search by date: now is the latest there is. */
export function clampToNow(date: Date, nowMs: number): Date {
  return date.getTime() > nowMs ? new Date(nowMs) : date;
}
