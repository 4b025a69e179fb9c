import type { StoredMsg } from "@nats-io/jetstream";
import * as v from "valibot";
import { type MailRecord, recordMails } from "../../../db/mail/mail-logs.ts";
import { findRecorded } from "../../../db/mail/seen.ts";
import { event, type NewMailEvent } from "../../../shared/users/events.ts";
import { computeEventId } from "../../../shared/ids.ts";
import { messageIdHash } from "../../../shared/mail/message-id-hash.ts";
import type { Bus } from "../../bus/bus.ts";
import { nextMessage } from "../../bus/find-message.ts";
import { EVENTS, eventSubject } from "../../bus/subjects.ts";
import { identifyMailbox, type OpenMailbox } from "./recording/read-batch.ts";
import type { RecordDeps } from "./recording/record-batch.ts";

/** An event that is stored in EVENTS, with its sequence number in that stream. */
interface StoredMail {
  event: NewMailEvent;
  seq: number;
}

/** How many events are looked up in Postgres with one statement. */
const BATCH_LENGTH = 100;

/**
 * Records mails that an instance published to EVENTS, but did not record because it crashed.
 * Handles only mails of an earlier UIDVALIDITY, another mailbox or an earlier account of the user.
 * In the open mailbox, such a mail has another event id, and could be delivered a second time. The
 * recorded rows prevent a second delivery.
 *
 * Sends NATS one request for each event of the user in EVENTS. So call it only after a change of
 * UIDVALIDITY, or for an account that is not the user's first.
 */
export async function adoptStored(
  deps: RecordDeps,
  open: OpenMailbox,
  signal: AbortSignal,
): Promise<void> {
  const { userId, partnerId } = open.account;
  const subject = eventSubject({ partner_id: partnerId, user_id: userId, kind: "new_mail" });
  const adopt = async (stored: readonly StoredMail[]) => {
    const eventIds = stored.map((mail) => mail.event.id);
    const seen = await findRecorded(deps.db, eventIds);
    const known = new Set(seen.map(({ eventId }) => eventId));
    const unknown = stored.filter((mail) => !known.has(mail.event.id));
    for (const mail of unknown) {
      await recordMails(deps.db, {
        ...identifyMailbox(open),
        mailbox: mail.event.mailbox,
        uidValidity: mail.event.uid_validity,
        records: [toRecord(mail)],
        advance: null,
        retryParkedAt: new Date(deps.clock.now() + open.parkedRetryMs),
      });
    }
    if (unknown.length === 0) return;
    deps.log.warn("mailbox.stored_mails_adopted", { user_id: userId, mails: unknown.length });
  };

  let batch: StoredMail[] = [];
  for await (const mail of storedMails(deps.bus, subject, signal)) {
    if (belongsTo(open, mail.event)) continue;
    batch.push(mail);
    if (batch.length < BATCH_LENGTH) continue;
    await adopt(batch);
    batch = [];
  }
  if (batch.length > 0) await adopt(batch);
}

/**
 * Returns whether the mail has the same event id in the open mailbox. If so, the session finds the
 * mail by itself.
 */
function belongsTo(open: OpenMailbox, mail: NewMailEvent): boolean {
  const place = identifyMailbox(open);
  const isHere = mail.mailbox === place.mailbox && mail.uid_validity === place.uidValidity;
  return isHere && mail.id === computeEventId({ ...place, uid: mail.uid });
}

async function* storedMails(
  bus: Bus,
  subject: string,
  signal: AbortSignal,
): AsyncGenerator<StoredMail> {
  for (let seq = 1; ;) {
    signal.throwIfAborted();
    const stored = await nextMessage(bus, EVENTS, { seq, subject });
    if (!stored) return;
    const parsed = v.safeParse(event, tryJson(stored));
    if (parsed.success && parsed.output.kind === "new_mail") {
      yield { event: parsed.output, seq: stored.seq };
    }
    seq = stored.seq + 1;
  }
}

/** Returns the record that the crashed instance would have written. */
function toRecord({ event: mail, seq }: StoredMail): MailRecord {
  const messageId = mail.envelope?.message_id ?? null;
  return {
    eventId: mail.id,
    uid: mail.uid,
    messageId,
    messageIdHash: messageIdHash(messageId),
    sha1: mail.oversize ? null : mail.sha1,
    contentHash: null,
    sizeBytes: mail.size_bytes,
    internalDate: new Date(mail.internal_date_ms),
    streamSeq: seq,
    state: "queued",
    reason: mail.oversize ? "oversize" : null,
  };
}

function tryJson(stored: StoredMsg): unknown {
  try {
    return stored.json();
  } catch {
    return undefined;
  }
}
