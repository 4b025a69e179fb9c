import type { Db } from "../../db/client.ts";
import type { MailRecord } from "../../db/mail-logs.ts";
import { findSeen, findSeenBodies } from "../../db/seen.ts";
import type { Clock } from "../../shared/clock.ts";
import { eventIdOf } from "../../shared/ids.ts";
import { rfc822Text, sha1Of } from "../../shared/rfc822.ts";
import type { Bus } from "../bus/bus.ts";
import type { Account } from "./account.ts";
import type { ChosenMailbox } from "./choose-mailbox.ts";
import { clampToNow, type MessageHeader } from "./decide.ts";
import type { ImapConnection } from "./imap-connection.ts";
import { type Body, judgeBodies, type JudgedMessage, judgeHeaders } from "./judge.ts";
import { messageIdHash } from "./message-id-hash.ts";
import { publishMails } from "./publish-mails.ts";

export interface BatchDeps {
  db: Db;
  bus: Bus;
  clock: Clock;
  /** False when the partner has no webhook for new mail: then nothing of that kind is published. */
  wantsNewMail(partnerId: string): boolean;
}

/** One user's open mailbox. */
export interface OpenMailbox {
  account: Account;
  connection: ImapConnection;
  mailbox: ChosenMailbox;
  uidValidity: number;
  maxEmailSizeBytes: number;
}

/**
 * Takes a batch of messages as far as stored events: judges, fetches the bodies of those that are
 * delivered, publishes, awaits every ack. Returns what must be recorded of them.
 *
 * @param batch.isLive True while reading on by UID, false in a scan by date.
 */
export async function readBatch(
  deps: BatchDeps,
  open: OpenMailbox,
  batch: { headers: readonly MessageHeader[]; isLive: boolean },
  signal: AbortSignal,
): Promise<MailRecord[]> {
  const { account, mailbox, maxEmailSizeBytes } = open;
  const named = await Promise.all(batch.headers.map((header) => nameMessage(open, header)));
  const seen = await findSeen(deps.db, account.userId, {
    eventIds: named.map(({ eventId }) => eventId),
    messageIdHashes: named.flatMap((message) => message.messageIdHash ?? []),
  });
  const judged = judgeHeaders(named, seen, {
    watchFrom: account.watchFrom,
    wantsNewMail: deps.wantsNewMail(account.partnerId),
    holdsAllMail: mailbox.holdsAllMail,
    maxEmailSizeBytes,
    isLive: batch.isLive,
  });
  const bodies = await fetchBodies(open.connection, judged);
  const sha1s = [...bodies.values()].map(({ sha1 }) => sha1);
  const messages = judgeBodies(
    judged,
    bodies,
    await findSeenBodies(deps.db, account.userId, sha1s),
  );
  const streamSeqs = await publishMails(deps, open, messages, signal);
  return messages.map((message) =>
    toRecord(message, streamSeqs.get(message.eventId) ?? null, deps.clock.now()),
  );
}

async function nameMessage({ account, mailbox, uidValidity }: OpenMailbox, header: MessageHeader) {
  const identity = { userId: account.userId, mailbox: mailbox.path, uidValidity, uid: header.uid };
  return {
    header,
    eventId: await eventIdOf(identity),
    messageIdHash: await messageIdHash(header.envelope.message_id),
  };
}

/** A body that does not come although the message is there is a reason to try again, never to pass over it. */
async function fetchBodies(
  connection: ImapConnection,
  messages: readonly JudgedMessage[],
): Promise<Map<number, Body>> {
  const bodies = new Map<number, Body>();
  const uids = messages
    .filter(({ verdict }) => verdict.kind === "wanted")
    .map(({ header }) => header.uid);
  if (uids.length === 0) return bodies;
  for (const [uid, source] of await connection.fetchBodies(uids)) {
    bodies.set(uid, { source, sha1: await sha1Of(rfc822Text(source)) });
  }
  const missing = uids.filter((uid) => !bodies.has(uid));
  const [stuck] = missing.length > 0 ? await connection.fetchHeaders(missing) : [];
  if (stuck)
    throw new Error(`Cannot fetch message ${stuck.uid}: the server has it but sends no body`);
  return bodies;
}

function toRecord(message: JudgedMessage, streamSeq: number | null, nowMs: number): MailRecord {
  const { header, verdict, eventId } = message;
  const delivers = verdict.kind !== "skip";
  return {
    eventId,
    uid: header.uid,
    messageId: header.envelope.message_id,
    messageIdHash: delivers ? message.messageIdHash : null,
    sha1: verdict.kind === "whole" ? verdict.body.sha1 : null,
    sizeBytes: header.sizeBytes,
    internalDate: clampToNow(header.internalDate, nowMs),
    streamSeq,
    state: delivers ? "queued" : "skipped",
    reason:
      verdict.kind === "skip" ? verdict.reason : verdict.kind === "oversize" ? "oversize" : null,
  };
}
