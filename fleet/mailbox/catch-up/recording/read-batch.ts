import type { Db } from "../../../../db/client.ts";
import type { MailRecord } from "../../../../db/mail/mail-logs.ts";
import type { Clock } from "../../../../shared/clock.ts";
import { computeEventId } from "../../../../shared/ids.ts";
import { messageIdHash } from "../../../../shared/mail/message-id-hash.ts";
import type { Bus } from "../../../bus/bus.ts";
import type { Pace } from "../../../quota/pace.ts";
import type { LaneQuota } from "../../../quota/lane-quota.ts";
import type { Traces } from "../../../traces/traces.ts";
import type { Account } from "../../login/account.ts";
import type { ChosenMailbox } from "../../imap/choose-mailbox.ts";
import type { TracerWatch } from "./tracer-watch.ts";
import { contentHash, oversizeHash, textSha1 } from "../judging/content-hash.ts";
import { clampToNow } from "../judging/decide.ts";
import { type MessageHeader } from "../../imap/fetch/message-header.ts";
import { type FetchMemory, fetchPatiently } from "../../imap/fetch/fetch-patiently.ts";
import { fetchWhole } from "../../imap/fetch/fetch-whole.ts";
import type { ImapConnection } from "../../imap/imap-connection.ts";
import type { Work } from "../../imap/input/least-rate.ts";
import {
  type Body,
  isDelivered,
  judgeBodies,
  type JudgedMessage,
  judgeHeaders,
  type MessageVerdict,
  type NamedMessage,
  nameMail,
} from "../judging/judge.ts";
import { compareWithSeen, findRecordedEarly } from "./compare-with-seen.ts";
import { publishMails } from "./publish-mails.ts";
import type { RecordGroups } from "./record-groups.ts";

export interface BatchDeps {
  db: Db;
  /** Reads and writes the records of mails. */
  recordGroups: RecordGroups;
  bus: Bus;
  clock: Clock;
  /** Returns whether the partner has a webhook for new mail. If not, no new mail is published. */
  wantsNewMail(partnerId: string): Promise<boolean>;
  /**
   * Returns whether mail may be read; false while other instances may have claimed this instance's
   * users.
   */
  mayRead(): boolean;
  /**
   * Counts published mail against the partner's quota. The caller has checked that the quota is not
   * used up.
   */
  quota: LaneQuota;
  /**
   * Recognizes tracers, which are mails that we send to measure latency. Undefined if none are
   * sent.
   */
  tracers?: TracerWatch;
  /**
   * Called with the judged mails, before they are recorded. A mail that cannot be recorded is
   * judged again later, and reported here again.
   */
  onJudged?(records: readonly MailRecord[]): void;
  /** Begins a trace for each mail. The mail's delivery continues the trace. */
  traces?: Traces;
}

/** What a batch of messages is read from: a connection, or mails that are fetched already. */
export type MailSource = Pick<
  ImapConnection,
  "uidValidity" | "closed" | "searchUids" | "fetchBodies" | "fetchHeaderField" | "beginWork"
>;

/** One user's open mailbox. */
export interface OpenMailbox<Source extends MailSource = ImapConnection> {
  account: Account;
  connection: Source;
  mailbox: ChosenMailbox;
  uidValidity: number;
  maxEmailSizeBytes: number;
  fetches: FetchMemory;
  /** How long until a parked mail is tried again. */
  parkedRetryMs: number;
  onParked(retryAt: Date): void;
  /** Limits how many mails of the user are recorded per second. Default: no limit. */
  pace?: Pick<Pace, "wait" | "spend">;
  /**
   * When the server announced, in IDLE, the mail that is read now. In milliseconds since the epoch.
   */
  announcedMs?: number;
  /** Distinguishes this publication from an earlier one of the same mail; see `natsMessageId()`. */
  occasion?: string;
}

/**
 * Returns the key of the mailbox's cursor. Together with a UID, the key identifies one mail for all
 * time.
 */
export const identifyMailbox = ({ account, mailbox, uidValidity }: OpenMailbox<MailSource>) => ({
  userId: account.userId,
  accountEpoch: account.epoch,
  mailbox: mailbox.name,
  uidValidity,
});

/**
 * Thrown when UIDVALIDITY has changed. Mail that was read under the old UIDVALIDITY must not be
 * recorded.
 */
class MailboxReset extends Error {
  override readonly name = "MailboxReset";
}

/** Messages to read together, and how to read them. */
export interface Batch {
  headers: readonly MessageHeader[];
  /** Whether mail is read by UID; false in a scan by date. */
  isLive: boolean;
  /**
   * How to treat messages that are already recorded. By default, they are left out.
   * - `judge`: treats them as new (parked mail).
   * - `publish`: publishes them without a check for duplicates (lost events).
   */
  again?: "judge" | "publish";
  /**
   * Limits the time for reading. If `isLate()` returns true, only the messages read so far are
   * returned. Default: no limit.
   */
  work?: Work;
}

export interface ReadBatch {
  /** Records that the caller must write. */
  records: MailRecord[];
  /**
   * The first UID that was not read because the work took too long. Later UIDs were not read
   * either. Null if all were read.
   */
  unreadFrom: number | null;
}

/**
 * Judges a batch of messages, and fetches the bodies that must be delivered. Publishes the events,
 * and waits for every ack. Returns the records to write.
 *
 * @throws {MailboxReset} when UIDVALIDITY has changed. Then nothing has been published.
 */
export async function readBatch(
  deps: BatchDeps,
  open: OpenMailbox<MailSource>,
  batch: Batch,
  signal: AbortSignal,
): Promise<ReadBatch> {
  const { account, mailbox, connection, maxEmailSizeBytes } = open;
  const startedMs = deps.clock.now();
  const seenMs = deps.clock.now();
  const tracers = await deps.tracers?.recognise(open, batch.headers);
  const named = batch.headers.map((header) => nameMessage(open, header, tracers?.get(header.uid)));
  const recorded = await findRecordedEarly(deps, batch, named);
  const wanted = judgeHeaders(named, recorded, {
    watchFrom: account.watchFrom,
    wantsNewMail: await deps.wantsNewMail(account.partnerId),
    holdsAllMail: mailbox.holdsAllMail,
    maxEmailSizeBytes,
    isLive: batch.isLive,
    keepsTracers: account.tracers === "kept",
  });
  const fetched = await fetchBodies(deps, open, { messages: wanted, work: batch.work }, signal);
  const { unreadFrom } = fetched;
  // Keeps only the messages before the first one that was not fetched. The cursor must not skip it.
  const read = wanted.filter(({ header }) => header.uid < (unreadFrom ?? Infinity));
  const times = { announcedMs: open.announcedMs, startedMs, fetchedMs: deps.clock.now() };
  const { fresh, seen } = await compareWithSeen(
    deps,
    batch,
    { userId: account.userId, read, fetched },
    signal,
  );
  const messages = judgeBodies(fresh, fetched, seen);
  if (connection.uidValidity !== open.uidValidity) {
    throw new MailboxReset(
      `Cannot read ${mailbox.path}: UIDVALIDITY changed from ${open.uidValidity} to ${connection.uidValidity}`,
    );
  }
  const streamSeqs = await publishMails(deps, { ...open, times }, messages, signal);
  deps.quota.published(account.partnerId, {
    events: streamSeqs.size,
    bytes: messages.reduce((sum, message) => sum + countBodyBytes(message), 0),
  });
  const records = messages.map((message) =>
    toRecord(message, streamSeqs.get(message.eventId) ?? null, deps.clock.now()),
  );
  // Tracers are noted before the mails are recorded. After a crash between the two steps, the mails
  // are read again, and the tracers are noted again.
  if (tracers?.size) await noteTracers(deps, account.userId, messages, seenMs);
  deps.onJudged?.(records);
  return { records, unreadFrom };
}

/** The bodies of some messages, by UID. */
export interface FetchedBodies {
  bodies: Map<number, Body>;
  /** Messages whose fetch failed too often. */
  hopeless: number[];
  unreadFrom: number | null;
}

const countBodyBytes = ({ verdict }: JudgedMessage) =>
  verdict.kind === "whole" ? verdict.body.source.byteLength : 0;

async function noteTracers(
  { clock, tracers }: BatchDeps,
  userId: string,
  messages: readonly JudgedMessage[],
  seenMs: number,
): Promise<void> {
  const [seenAt, nowAt] = [new Date(seenMs), new Date(clock.now())];
  const noted = messages.flatMap((message) => {
    const { tracerUid: uid, eventId } = message;
    if (uid === undefined) return [];
    return [{ uid, userId, eventId, seenAt, publishedAt: isDelivered(message) ? nowAt : null }];
  });
  await tracers?.note(noted);
}

function nameMessage(
  open: OpenMailbox<MailSource>,
  header: MessageHeader,
  tracerUid?: string,
): NamedMessage {
  return {
    tracerUid,
    header,
    eventId: computeEventId({ ...identifyMailbox(open), uid: header.uid }),
    messageIdHash: messageIdHash(header.envelope.message_id),
    oversizeHash: header.sizeBytes > open.maxEmailSizeBytes ? oversizeHash(header) : null,
  };
}

async function fetchBodies(
  { clock }: BatchDeps,
  { connection, fetches: memory }: OpenMailbox<MailSource>,
  { messages, work }: { messages: readonly JudgedMessage[]; work: Work | undefined },
  signal: AbortSignal,
): Promise<FetchedBodies> {
  const wanted = messages.filter(({ verdict }) => verdict.kind === "wanted");
  const uids = wanted.map(({ header }) => header.uid);
  const sizes = new Map(wanted.map(({ header }) => [header.uid, header.sizeBytes]));
  const isLastTry = (uid: number) => (memory.bodies.counts.get(uid) ?? 0) >= memory.maxFailures - 1;
  const isLate = () => work?.isLate() === true;
  const wholes = { sizes, isLastTry, isLate };
  const fetch = (some: readonly number[]) => fetchWhole(connection, wholes, some);
  const { found, hopeless, left } = await fetchPatiently(
    { clock, connection, memory, part: "bodies", uids, isLate, fetch },
    signal,
  );
  const bodies = new Map<number, Body>();
  for (const [uid, source] of found) {
    bodies.set(uid, { source, sha1: textSha1(source), contentHash: contentHash(source) });
  }
  return { bodies, hopeless, unreadFrom: left[0] ?? null };
}

function toRecord(message: JudgedMessage, streamSeq: number | null, nowMs: number): MailRecord {
  const { header, verdict, eventId } = message;
  return {
    eventId,
    uid: header.uid,
    messageId: header.envelope.message_id,
    ...nameMail(message),
    sizeBytes: header.sizeBytes,
    internalDate: clampToNow(header.internalDate, nowMs),
    streamSeq,
    ...toOutcome(verdict),
  };
}

function toOutcome(verdict: MessageVerdict): Pick<MailRecord, "state" | "reason"> {
  switch (verdict.kind) {
    case "skip":
      return { state: "skipped", reason: verdict.reason };
    case "parked":
      return { state: "parked", reason: verdict.reason };
    case "oversize":
      return { state: "queued", reason: "oversize" };
    case "whole":
      return { state: "queued", reason: null };
    case "wanted":
      throw new Error("Cannot record a message that is not judged completely");
  }
}
