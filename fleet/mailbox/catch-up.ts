import { createCursor, readCursor, resetCursor } from "../../db/cursors.ts";
import { recordMails } from "../../db/mail-logs.ts";
import type { Log } from "../../shared/log.ts";
import type { Semaphore } from "../../shared/semaphore.ts";
import { MAX_BATCH_MESSAGES, nextWindow, toBatches, type UidWindow } from "./batches.ts";
import type { MessageHeader } from "./decide.ts";
import { type Cursor, type MailboxStatus, type Plan, planCatchUp } from "./plan.ts";
import { type BatchDeps, type OpenMailbox, readBatch } from "./read-batch.ts";

export interface CatchUpDeps extends BatchDeps {
  log: Log;
  /** Places for users whose mail is read at one time: bounds the bodies in memory. */
  readers: Semaphore;
}

/** Above this many announced messages headers are asked for in slices, since each takes memory. */
const MAX_HEADERS_AT_ONCE = 200;

/**
 * Reads a mailbox that was just opened up to what EXAMINE said there is, and returns the cursor.
 * May be stopped at any point: it goes on from the last recorded message.
 */
export async function catchUp(
  deps: CatchUpDeps,
  open: OpenMailbox,
  status: MailboxStatus,
  signal: AbortSignal,
): Promise<Cursor> {
  const cursor = await readCursor(deps.db, open.account.userId, open.mailbox.path);
  const plan = planCatchUp(cursor, status, open.account.watchFrom);
  switch (plan.kind) {
    case "continue":
      return readWindows(deps, open, plan.cursor, status.uidNext - 1, signal);
    case "scan":
      return scan(deps, open, plan, signal);
  }
}

/** Reads what was announced while the mailbox was watched. */
export async function readNew(
  deps: CatchUpDeps,
  open: OpenMailbox,
  cursor: Cursor,
  signal: AbortSignal,
): Promise<Cursor> {
  const { connection } = open;
  if (connection.announced > MAX_HEADERS_AT_ONCE) {
    const { uidNext } = await connection.examine(open.mailbox.path);
    return readWindows(deps, open, cursor, uidNext - 1, signal);
  }
  const headers = await connection.fetchHeadersFrom(cursor.lastUid + 1);
  return readOn(deps, open, cursor, headers, signal);
}

async function readWindows(
  deps: CatchUpDeps,
  open: OpenMailbox,
  from: Cursor,
  lastUid: number,
  signal: AbortSignal,
): Promise<Cursor> {
  let cursor = from;
  let window: UidWindow | null = null;
  let found = 0;
  for (let after = cursor.lastUid; after < lastUid; after = window.last) {
    window = nextWindow(after, window, found);
    const uids = await open.connection.searchUids(window.first, window.last);
    found = uids.length;
    for (const slice of slices(uids)) {
      cursor = await readOn(deps, open, cursor, await open.connection.fetchHeaders(slice), signal);
    }
  }
  return cursor;
}

/** Records in order, so that the cursor never passes a message that is not recorded. */
async function readOn(
  deps: CatchUpDeps,
  open: OpenMailbox,
  from: Cursor,
  headers: readonly MessageHeader[],
  signal: AbortSignal,
): Promise<Cursor> {
  let cursor = from;
  for (const batch of toBatches(headers)) {
    const toUid = batch.at(-1)?.uid ?? cursor.lastUid;
    await readAndRecord(deps, open, batch, { fromUid: cursor.lastUid, toUid }, signal);
    cursor = { ...cursor, lastUid: toUid };
  }
  return cursor;
}

/**
 * Looks by date. The cursor is set only at the end: a scan that was cut short begins again, and
 * what it recorded already is known by its event ids.
 */
async function scan(
  deps: CatchUpDeps,
  open: OpenMailbox,
  plan: Extract<Plan, { kind: "scan" }>,
  signal: AbortSignal,
): Promise<Cursor> {
  const { account, mailbox, connection } = open;
  const uids = await connection.searchSince(plan.since);
  for (const slice of slices(uids.filter((uid) => uid <= plan.target.lastUid))) {
    for (const batch of toBatches(await connection.fetchHeaders(slice))) {
      await readAndRecord(deps, open, batch, null, signal);
    }
  }
  if (plan.previous === null) {
    await createCursor(deps.db, account.userId, mailbox.path, plan.target);
  } else {
    const key = { userId: account.userId, mailbox: mailbox.path };
    await resetCursor(deps.db, key, plan.previous, plan.target);
  }
  return plan.target;
}

async function readAndRecord(
  deps: CatchUpDeps,
  open: OpenMailbox,
  headers: readonly MessageHeader[],
  advance: { fromUid: number; toUid: number } | null,
  signal: AbortSignal,
): Promise<void> {
  using _place = await deps.readers.acquire(signal);
  const startedMs = deps.clock.now();
  const records = await readBatch(deps, open, { headers, isLive: advance !== null }, signal);
  // Published and acknowledged: only now may it be recorded and the cursor move.
  await recordMails(deps.db, {
    userId: open.account.userId,
    mailbox: open.mailbox.path,
    uidValidity: open.uidValidity,
    records,
    advance,
  });
  deps.log.info("mailbox.synced", {
    user_id: open.account.userId,
    partner_id: open.account.partnerId,
    published: records.filter(({ state }) => state === "queued").length,
    skipped: records.filter(({ state }) => state === "skipped").length,
    bytes: records.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    duration_ms: deps.clock.now() - startedMs,
  });
}

function slices(uids: readonly number[]): number[][] {
  const count = Math.ceil(uids.length / MAX_BATCH_MESSAGES);
  return Array.from({ length: count }, (_, i) =>
    uids.slice(i * MAX_BATCH_MESSAGES, (i + 1) * MAX_BATCH_MESSAGES),
  );
}
