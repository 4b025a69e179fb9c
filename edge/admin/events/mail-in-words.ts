import type { MAIL_STATES } from "../../../db/mail/tables.ts";

type MailState = (typeof MAIL_STATES)[number];

const STATES: Readonly<Record<MailState, string>> = {
  queued: "Waiting for delivery.",
  delivered: "Delivered: the webhook answered with success.",
  dead: "Dead letter: the last attempt failed.",
  skipped: "Not delivered.",
  parked: "It could not be fetched. It is tried again later.",
  lost: "NATS lost its event before the webhook was called.",
};

/** The texts for reasons that the fleet stores as codes. */
const REASONS: Readonly<Record<string, string>> = {
  before_user: "It arrived before its user was connected.",
  draft: "It is a draft.",
  sent: "Its user sent it.",
  no_webhook: "The partner has no webhook for new mail.",
  duplicate_message_id: "A mail with this Message-ID and this content was delivered before.",
  duplicate_sha1: "The same mail was delivered before.",
  expunged: "It was deleted from its mailbox before it could be fetched.",
  mailbox_reset:
    "The mail server renumbered the mailbox. The mail is found again under its new number.",
  account_changed: "Its user has a different account now.",
  tracer: "It is a tracer, sent to measure end-to-end latency.",
  header_not_fetched: "The mail server did not send its header.",
  body_not_fetched: "The mail server did not send its body.",
  oversize: "It is too large and is delivered without its text.",
  mailbox_not_reached:
    "Its mailbox could not be read for five days. The mail is fetched again when it can be read.",
  not_resent: "It could not be sent again: it is no longer in its mailbox.",
  user_archived: "The webhook answered 403, so its user was archived.",
};

/** Returns the state and reason of a mail as text. */
export function mailInWords(state: MailState, reason: string | null): string {
  if (reason === null) return STATES[state];
  if (state === "delivered" && reason === "user_archived") return REASONS["user_archived"] ?? "";
  return `${STATES[state]} ${reasonInWords(reason)}`;
}

/**
 * Returns the reason as a sentence. Usually `reason` is a code. But for a mail whose event became a
 * dead letter, `reason` is a text.
 */
const reasonInWords = (reason: string) =>
  (Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined) ?? toSentence(reason);

const toSentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
