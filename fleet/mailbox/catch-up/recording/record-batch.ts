import type { RecordMails } from "../../../../db/mail/mail-logs.ts";
import type { Log } from "../../../../shared/log.ts";
import type { Places } from "../../../../shared/concurrency/places.ts";
import type { Account } from "../../login/account.ts";
import { expectFreeQuota } from "../../../quota/lane-quota.ts";
import type { MessageHeader } from "../../imap/fetch/message-header.ts";
import { forgetFailures } from "../../imap/fetch/fetch-failures.ts";
import { ImapError } from "../../imap/failures/imap-error.ts";
import { TooSlow } from "../../imap/input/least-rate.ts";
import {
  type BatchDeps,
  identifyMailbox,
  type MailSource,
  type OpenMailbox,
  readBatch,
} from "./read-batch.ts";

export interface RecordDeps extends BatchDeps {
  log: Log;
  /**
   * The permits to read mail. They limit how many users' mail is read at the same time. So they
   * also limit how many bodies are in memory.
   */
  readers: Places;
  /**
   * Returns whether mail may be read; false while other instances may have claimed this instance's
   * users.
   */
  mayRead(): boolean;
}

/** Waits for a permit to read mail. Rejects while this instance must not read mail. */
export async function readingPlace(
  deps: Pick<RecordDeps, "readers" | "mayRead">,
  { partnerId, server }: Account,
  signal: AbortSignal,
): Promise<Disposable> {
  const place = await deps.readers.acquire({ partnerId, host: server.host }, signal);
  if (deps.mayRead()) return place;
  place[Symbol.dispose]();
  throw new Error("Cannot read mail: this instance does not know for sure which users it owns");
}

/** Waits until the user's rate limit (`pace`) allows more mail. Then waits for a permit to read. */
export async function turnToRead(
  deps: Pick<RecordDeps, "readers" | "mayRead">,
  { account, pace }: Pick<OpenMailbox, "account" | "pace">,
  signal: AbortSignal,
): Promise<Disposable> {
  await pace?.wait(signal);
  return readingPlace(deps, account, signal);
}

interface ReadHeaders {
  headers: readonly MessageHeader[];
  advance: RecordMails["advance"];
  /**
   * Whether the mail counts as new, whatever its date. Default: true if the cursor moves, because
   * mail after the cursor is new.
   */
  isLive?: boolean;
}

/**
 * Judges the messages with these headers, publishes those to deliver, and records all in mail_logs.
 *
 * @throws {LaneFull} when the partner's quota is used up. Then nothing has been published.
 * @throws {ImapError} when the server is too slow. What arrived in time has been recorded.
 */
export async function recordBatch(
  deps: RecordDeps,
  open: OpenMailbox,
  { headers, advance, isLive = advance !== null }: ReadHeaders,
  signal: AbortSignal,
): Promise<void> {
  using _place = await turnToRead(deps, open, signal);
  await recordInPlace(deps, open, { headers, advance, isLive }, signal);
}

/**
 * Processes a batch like `recordBatch()`, for a caller that already holds a permit to read. The
 * caller must keep the permit until the call ends: until then, bodies are in memory.
 */
export async function recordInPlace(
  deps: RecordDeps,
  open: OpenMailbox<MailSource>,
  { headers, advance, isLive = advance !== null }: ReadHeaders,
  signal: AbortSignal,
): Promise<void> {
  expectFreeQuota(deps.quota, open.account.partnerId);
  const startedMs = deps.clock.now();
  const work = open.connection.beginWork();
  const batch = { headers, isLive, work };
  const { records, unreadFrom } = await readBatch(deps, open, batch, signal);
  const retryParkedAt = new Date(deps.clock.now() + open.parkedRetryMs);
  // NATS has acknowledged all events before this point. Recording mails or moving the cursor
  // earlier would lose mail in a crash.
  await deps.recordGroups.record({
    ...identifyMailbox(open),
    records,
    advance: advance && { ...advance, toUid: unreadFrom === null ? advance.toUid : unreadFrom - 1 },
    retryParkedAt,
  });
  open.pace?.spend(records.length);
  const parked = records.filter(({ state }) => state === "parked").map(({ uid }) => uid);
  if (parked.length > 0) open.onParked(retryParkedAt);
  const { fetches } = open;
  fetches.headers = forgetFailures(fetches.headers, parked);
  fetches.bodies = forgetFailures(fetches.bodies, parked);
  deps.log.info("mailbox.synced", {
    user_id: open.account.userId,
    partner_id: open.account.partnerId,
    published: records.filter(({ state }) => state === "queued").length,
    skipped: records.filter(({ state }) => state === "skipped").length,
    parked: parked.length,
    bytes: records.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    duration_ms: deps.clock.now() - startedMs,
  });
  if (unreadFrom !== null) throw new ImapError("read the mail", new TooSlow());
}
