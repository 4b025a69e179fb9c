import type { Attempt, EventAttempt } from "../../../db/deliveries/attempts.ts";
import type { EventOwner, LoggedMailRow } from "../../../db/mail/mail-log-list.ts";
import { mailInWords } from "./mail-in-words.ts";

export const showMail = (mail: LoggedMailRow) => ({
  event_id: mail.eventId,
  recorded_at: mail.recordedAt.toISOString(),
  /** Null unless the mail was queued again, which changes `recorded_at`. */
  first_recorded_at: mail.firstRecordedAt?.toISOString() ?? null,
  mailbox: mail.mailbox,
  uid_validity: mail.uidValidity,
  uid: mail.uid,
  message_id: mail.messageId,
  size_bytes: mail.sizeBytes,
  internal_date: mail.internalDate.toISOString(),
  state: mail.state,
  reason: mail.reason,
  /** State and reason as text. */
  description: mailInWords(mail.state, mail.reason),
});

export const showOwner = (owner: EventOwner) => ({
  user_id: owner.userId,
  user_tag: owner.userTag,
  imap_provider_code: owner.providerCode,
  partner_id: owner.partnerId,
  partner_name: owner.partnerName,
});

/** Returns an attempt with its request and the headers of its answer, if they were recorded. */
export const showWholeAttempt = ({ number, request, answerHeaders, ...attempt }: EventAttempt) => ({
  ...showAttempt(attempt),
  number,
  request,
  answer_headers: answerHeaders,
});

const showAttempt = (attempt: Attempt) => ({
  attempt: attempt.attempt,
  attempted_at: attempt.attemptedAt.toISOString(),
  duration_ms: attempt.durationMs,
  /** HTTP status; null when there was no answer. */
  status: attempt.status,
  error: attempt.error,
  /** The first 1,024 characters of the endpoint's answer. */
  answer: attempt.answer,
  outcome: attempt.outcome,
  /** Null if no attempt follows, or if the time was not recorded. */
  next_attempt_at: attempt.nextAttemptAt?.toISOString() ?? null,
});
