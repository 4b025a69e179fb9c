import { type MailRecord, recordMails } from "../../db/mail/mail-logs.ts";
import { settleMails } from "../../db/mail/parked-mails.ts";
import { findRecorded } from "../../db/mail/seen.ts";
import { forgetEvents, readRecordedMails, requeueMails, type Sweep } from "../../db/mail/sweeps.ts";
import { computeEventId } from "../../shared/ids.ts";
import type { MessageHeader } from "../mailbox/imap/fetch/message-header.ts";
import {
  type BatchDeps,
  identifyMailbox,
  type OpenMailbox,
  readBatch,
} from "../mailbox/catch-up/recording/read-batch.ts";
import { type Choice, chooseMail } from "./choose-mail.ts";

interface NamedHeader {
  header: MessageHeader;
  eventId: string;
}

/**
 * Publishes and records the messages of a batch that the sweep must publish. Idempotent: after a
 * crash, event ids and message ids are the same.
 *
 * @returns how many messages were published.
 */
export async function sweepBatch(
  deps: BatchDeps,
  open: OpenMailbox,
  { sweep, headers }: { sweep: Sweep; headers: readonly MessageHeader[] },
  signal: AbortSignal,
): Promise<number> {
  const chosen = await chooseMails(deps, open, sweep, headers);
  const listIds = (choice: Choice) => (chosen.get(choice) ?? []).map(({ eventId }) => eventId);
  await forgetEvents(deps.db, listIds("judge_forgotten"));
  // The state must be "queued" before the event is published, because a delivery may follow at
  // once.
  await requeueMails(deps.db, sweep.userId, listIds("judge_again"));

  const read = async (wanted: readonly NamedHeader[], occasion: Pick<OpenMailbox, "occasion">) => {
    const batch = {
      headers: wanted.map(({ header }) => header),
      isLive: false,
      again: "judge",
    } as const;
    return (await readBatch(deps, { ...open, ...occasion }, batch, signal)).records;
  };
  const unknown = [...(chosen.get("judge") ?? []), ...(chosen.get("judge_forgotten") ?? [])];
  const fresh = await read(unknown, {});
  await record(deps, open, { records: fresh, areNew: true });
  // NATS may still remember the first publication, and would ignore a second one with the same
  // message id. The occasion changes the message id.
  const again = await read(chosen.get("judge_again") ?? [], { occasion: sweep.id });
  await record(deps, open, { records: again, areNew: false });
  return [...fresh, ...again].filter(({ state }) => state === "queued").length;
}

async function chooseMails(
  { db }: BatchDeps,
  open: OpenMailbox,
  { userId, redeliver }: Sweep,
  headers: readonly MessageHeader[],
): Promise<Map<Choice, NamedHeader[]>> {
  const place = identifyMailbox(open);
  const named = headers.map((header) => ({
    header,
    eventId: computeEventId({ ...place, uid: header.uid }),
  }));
  const eventIds = named.map(({ eventId }) => eventId);
  const rows = await readRecordedMails(db, userId, eventIds);
  const memory = await findRecorded(db, eventIds);
  const recorded = new Map(rows.map((row) => [row.eventId, row]));
  const seen = new Map(memory.map((row) => [row.eventId, row]));
  return Map.groupBy(named, ({ eventId }) =>
    chooseMail({ recorded: recorded.get(eventId), seen: seen.get(eventId) }, redeliver),
  );
}

async function record(
  { db, clock }: BatchDeps,
  open: OpenMailbox,
  { records, areNew }: { records: readonly MailRecord[]; areNew: boolean },
): Promise<void> {
  if (records.length === 0) return;
  const place = identifyMailbox(open);
  const retryParkedAt = new Date(clock.now() + open.parkedRetryMs);
  if (!areNew) return settleMails(db, { userId: place.userId, records, retryParkedAt });
  await recordMails(db, { ...place, records, advance: null, retryParkedAt });
}
