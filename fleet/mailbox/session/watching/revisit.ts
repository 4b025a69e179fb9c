import { returnDeadLetters } from "../../../../db/deliveries/dead-letters.ts";
import { settleMails } from "../../../../db/mail/parked-mails.ts";
import type { MailRecord } from "../../../../db/mail/mail-logs.ts";
import { computeEventId } from "../../../../shared/ids.ts";
import type { SkipReason } from "../../catch-up/judging/decide.ts";
import { newFetchMemory } from "../../imap/fetch/fetch-patiently.ts";
import {
  type Batch,
  identifyMailbox,
  type OpenMailbox,
  readBatch,
} from "../../catch-up/recording/read-batch.ts";
import { fetchHeaders } from "../../catch-up/read-headers.ts";
import { readingPlace, type RecordDeps } from "../../catch-up/recording/record-batch.ts";
import type { LostMail } from "../refetches.ts";
import { whyNotAgain } from "./why-not-again.ts";

/**
 * Fetches recorded mails again. Parked mails are then judged as if they were new. Lost mails are
 * published again. Fetches each mail once and alone, so a bad mail does not block the others.
 *
 * A mail cannot be fetched if it no longer exists, has another UID now or belongs to another
 * account. A parked mail is then recorded as skipped, and a lost one as lost for good.
 */
export async function revisit(
  deps: RecordDeps,
  opened: OpenMailbox,
  { mails, again }: { mails: readonly LostMail[]; again: NonNullable<Batch["again"]> },
  signal: AbortSignal,
): Promise<void> {
  // NATS may remember the first publication of a lost event. It would ignore a second one with the
  // same message id. The occasion changes the message id.
  const occasion = ({ occasion: given = "lost" }: LostMail) =>
    again === "publish" ? { occasion: given } : {};
  for (const mail of mails) {
    const open = { ...opened, fetches: newFetchMemory(1), ...occasion(mail) };
    using _place = await readingPlace(deps, open.account, signal);
    const isGone = whyGone(mail, open);
    const read = isGone
      ? [skipped(mail, isGone, deps.clock.now())]
      : await readAgain(deps, open, mail, again, signal);
    const records = again === "publish" ? read.map(toLost) : read;
    const retryParkedAt = new Date(deps.clock.now() + open.parkedRetryMs);
    await deps.db.transaction(async (tx) => {
      await settleMails(tx, { userId: open.account.userId, records, retryParkedAt });
      await returnDeadLetters(tx, records.flatMap(toReturned));
    });
    if (records.some(({ state }) => state === "parked")) open.onParked(retryParkedAt);
    const isLost = records.some(({ state }) => state === "lost");
    deps.log[isLost ? "error" : "info"](isLost ? "mail.lost" : "mail.revisited", {
      user_id: open.account.userId,
      partner_id: open.account.partnerId,
      event_id: mail.eventId,
      was: again === "judge" ? "parked" : "lost",
      state: records[0]?.state,
      reason: records[0]?.reason,
    });
  }
}

/**
 * Returns why the mail cannot be fetched here, or null. The UID alone is not enough: in another
 * mailbox or account, it may name another mail.
 */
function whyGone(mail: LostMail, open: OpenMailbox): SkipReason | null {
  const place = identifyMailbox(open);
  const isHere = mail.mailbox === place.mailbox && mail.uidValidity === place.uidValidity;
  if (!isHere) return "mailbox_reset";
  const isOfAccount = mail.eventId === computeEventId({ ...place, uid: mail.uid });
  return isOfAccount ? null : "account_changed";
}

async function readAgain(
  deps: RecordDeps,
  open: OpenMailbox,
  mail: LostMail,
  again: NonNullable<Batch["again"]>,
  signal: AbortSignal,
): Promise<MailRecord[]> {
  const { headers } = await fetchHeaders(deps, open, [mail.uid], signal);
  if (headers.length === 0) return [skipped(mail, "expunged", deps.clock.now())];
  return (await readBatch(deps, open, { headers, isLive: true, again }, signal)).records;
}

/** If the mail is gone from the mailbox, marks it as lost, since its event is gone too. */
const toLost = (record: MailRecord): MailRecord =>
  record.state === "skipped" && isGoneFor(record.reason) ? { ...record, state: "lost" } : record;

const isGoneFor = (reason: string | null) =>
  reason === "expunged" || reason === "mailbox_reset" || reason === "account_changed";

/**
 * Returns the event id and the reason if the mail could not be published again, otherwise an empty
 * list. `returnDeadLetters()` uses this if a redelivery was requested.
 */
const toReturned = ({ eventId, state, reason }: MailRecord) =>
  state === "skipped" || state === "lost" ? [{ eventId, error: whyNotAgain(reason) }] : [];

/**
 * Returns the record of a skipped mail. Its empty fields do not overwrite the mail's row in
 * mail_logs.
 */
function skipped({ eventId, uid }: LostMail, reason: SkipReason, nowMs: number): MailRecord {
  return {
    eventId,
    uid,
    messageId: null,
    messageIdHash: null,
    sha1: null,
    contentHash: null,
    sizeBytes: 0,
    internalDate: new Date(nowMs),
    streamSeq: null,
    state: "skipped",
    reason,
  };
}
