import type { StoredMsg } from "@nats-io/jetstream";
import * as v from "valibot";
import { type MailRecord, recordMails } from "../../../db/mail-logs.ts";
import { findSeen } from "../../../db/seen.ts";
import { event, type NewMailEvent } from "../../../shared/events.ts";
import type { Bus } from "../../bus/bus.ts";
import { nextMessage } from "../../bus/find-message.ts";
import { EVENTS, eventSubject } from "../../bus/subjects.ts";
import { messageIdHash } from "./message-id-hash.ts";
import type { OpenMailbox } from "./read-batch.ts";
import type { RecordDeps } from "./record-batch.ts";

/** A stored event with its sequence. */
interface StoredMail {
  event: NewMailEvent;
  seq: number;
}

/** How many are looked up and recorded in one statement. */
const BATCH_LENGTH = 100;

/**
 * Records mails whose events were stored under an earlier UIDVALIDITY by somebody who died before he
 * could record them. Under the new one they have other event ids: only the memory of
 * de-duplication, which this fills, keeps them from being published as other mails.
 *
 * Walks through what EVENTS holds of the user, a direct get each: for the rare case of a reset only.
 */
export async function adoptStored(
  deps: RecordDeps,
  { account, mailbox, uidValidity, parkedRetryMs }: OpenMailbox,
  signal: AbortSignal,
): Promise<void> {
  const { userId, partnerId } = account;
  const subject = eventSubject({ partner_id: partnerId, user_id: userId, kind: "new_mail" });
  const adopt = async (stored: readonly StoredMail[]) => {
    const eventIds = stored.map((mail) => mail.event.id);
    const seen = await findSeen(deps.db, userId, { eventIds, messageIdHashes: [] });
    const known = new Set(seen.map(({ eventId }) => eventId));
    const unknown = stored.filter((mail) => !known.has(mail.event.id));
    for (const [validity, mails] of Map.groupBy(unknown, (mail) => mail.event.uid_validity)) {
      await recordMails(deps.db, {
        userId,
        mailbox: mailbox.path,
        uidValidity: validity,
        records: await Promise.all(mails.map(toRecord)),
        advance: null,
        retryParkedAt: new Date(deps.clock.now() + parkedRetryMs),
      });
      deps.log.warn("mailbox.stored_mails_adopted", { user_id: userId, mails: mails.length });
    }
  };

  let batch: StoredMail[] = [];
  for await (const mail of storedMails(deps.bus, subject, signal)) {
    if (mail.event.mailbox !== mailbox.path || mail.event.uid_validity === uidValidity) continue;
    batch.push(mail);
    if (batch.length < BATCH_LENGTH) continue;
    await adopt(batch);
    batch = [];
  }
  if (batch.length > 0) await adopt(batch);
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

/** What its session would have recorded. */
async function toRecord({ event: mail, seq }: StoredMail): Promise<MailRecord> {
  const messageId = mail.envelope?.message_id ?? null;
  return {
    eventId: mail.id,
    uid: mail.uid,
    messageId,
    messageIdHash: await messageIdHash(messageId),
    sha1: mail.oversize ? null : mail.sha1,
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
