import type { MAIL_STATES } from "../../../db/mail/tables.ts";

type MailState = (typeof MAIL_STATES)[number];

const STATES: Readonly<Record<MailState, string>> = {
  queued: "Its webhook is still to be called.",
  delivered: "Its webhook was answered with success.",
  dead: "It was given up.",
  skipped: "It is not delivered.",
  parked: "It could not be fetched, and is tried again later.",
  lost: "NATS lost its event before its webhook was called.",
};

/** Reasons that the fleet stores, other than answers of endpoints. */
const REASONS: Readonly<Record<string, string>> = {
  before_user: "It came before its user was connected.",
  draft: "It is a draft.",
  sent: "Its user sent it.",
  no_webhook: "The partner has no webhook for new mail.",
  duplicate_message_id: "A mail with this Message-ID and this content was delivered before.",
  duplicate_sha1: "The same mail was delivered before.",
  expunged: "It was gone from its mailbox before it could be fetched.",
  mailbox_reset:
    "The mail server renumbered the mailbox. The mail is found again under its new number.",
  account_changed: "Its user has another account now.",
  tracer: "It is a tracer, sent to measure the way.",
  header_not_fetched: "The mail server did not give its header.",
  body_not_fetched: "The mail server did not give its body.",
  oversize: "It is too large, and delivered without its text.",
  mailbox_not_reached:
    "Its mailbox could not be read for five days; when it can, the mail is fetched again.",
  user_archived: "The webhook answered 403, and so its user was archived.",
};

/** Returns the state and reason of a mail as text. */
export function mailInWords(state: MailState, reason: string | null): string {
  if (reason === null) return STATES[state];
  if (state === "delivered" && reason === "user_archived") return REASONS["user_archived"] ?? "";
  return `${STATES[state]} ${reasonInWords(reason)}`;
}

/** The reason of a dead event is already stored as text. */
const reasonInWords = (reason: string) =>
  (Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined) ?? sentenceOf(reason);

const sentenceOf = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
