import { settleMails } from "../../../db/parked-mails.ts";
import type { MailRecord } from "../../../db/mail-logs.ts";
import type { SkipReason } from "../catch-up/decide.ts";
import { newFetchMemory } from "../imap/fetch-patiently.ts";
import { type Batch, type OpenMailbox, readBatch } from "../catch-up/read-batch.ts";
import { fetchHeaders } from "../catch-up/read-headers.ts";
import { readingPlace, type RecordDeps } from "../catch-up/record-batch.ts";
import type { LostMail } from "./refetches.ts";

/**
 * Fetches mails again that are recorded: parked ones, to judge them as if they were new, or lost
 * ones, to publish them again. One at a time and with one try each, so that no bad one stands in the
 * way of another. What is gone, or has another UID now, is recorded as skipped.
 */
export async function revisit(
  deps: RecordDeps,
  opened: OpenMailbox,
  { mails, again }: { mails: readonly LostMail[]; again: NonNullable<Batch["again"]> },
  signal: AbortSignal,
): Promise<void> {
  // NATS may remember the first publication of what it lost, and would swallow another under its id.
  const occasion = again === "publish" ? { occasion: "lost" } : {};
  const open = { ...opened, fetches: newFetchMemory(1), ...occasion };
  for (const mail of mails) {
    using _place = await readingPlace(deps, signal);
    const records = isCurrent(mail, open)
      ? await readAgain(deps, open, mail, again, signal)
      : [skipped(mail, "mailbox_reset", deps.clock.now())];
    const retryParkedAt = new Date(deps.clock.now() + open.parkedRetryMs);
    await settleMails(deps.db, { userId: open.account.userId, records, retryParkedAt });
    if (records.some(({ state }) => state === "parked")) open.onParked(retryParkedAt);
    deps.log.info("mail.revisited", {
      user_id: open.account.userId,
      partner_id: open.account.partnerId,
      event_id: mail.eventId,
      was: again === "judge" ? "parked" : "lost",
      state: records[0]?.state,
      reason: records[0]?.reason,
    });
  }
}

const isCurrent = (mail: LostMail, { mailbox, uidValidity }: OpenMailbox) =>
  mail.mailbox === mailbox.path && mail.uidValidity === uidValidity;

async function readAgain(
  deps: RecordDeps,
  open: OpenMailbox,
  mail: LostMail,
  again: NonNullable<Batch["again"]>,
  signal: AbortSignal,
): Promise<MailRecord[]> {
  const headers = await fetchHeaders(deps, open, [mail.uid], signal);
  if (headers.length === 0) return [skipped(mail, "expunged", deps.clock.now())];
  return readBatch(deps, open, { headers, isLive: true, again }, signal);
}

/** The row in mail_logs keeps what it knows of the mail. */
function skipped({ eventId, uid }: LostMail, reason: SkipReason, nowMs: number): MailRecord {
  return {
    eventId,
    uid,
    messageId: null,
    messageIdHash: null,
    sha1: null,
    sizeBytes: 0,
    internalDate: new Date(nowMs),
    streamSeq: null,
    state: "skipped",
    reason,
  };
}
