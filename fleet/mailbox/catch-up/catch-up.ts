import { createCursor, readCursor, resetCursor } from "../../../db/mail/cursors.ts";
import { readAccountProgress } from "../../../db/users/user-accounts.ts";
import { oldestParkedDate } from "../../../db/mail/parked-mails.ts";
import { adoptStored } from "./adopt-stored.ts";
import { toBatches, toSlices } from "./batches.ts";
import type { MessageHeader } from "../imap/fetch/message-header.ts";
import { type Cursor, type Plan, planCatchUp } from "./plan.ts";
import { type MailboxStatus } from "../imap/mailbox-status.ts";
import { identifyMailbox, type MailSource, type OpenMailbox } from "./recording/read-batch.ts";
import { fetchHeaders, readHeaders } from "./read-headers.ts";
import { type RecordDeps, recordInPlace, turnToRead } from "./recording/record-batch.ts";

/**
 * If the server announced more messages than this, the mailbox is opened again and searched in
 * ranges of UIDs. So the length of each answer is limited.
 */
const MAX_ANNOUNCED = 200;
/**
 * If UIDNEXT exceeds the cursor by more than this, the server is asked for the last UID. The UIDs
 * between the last UID and UIDNEXT need no search.
 */
const FAR = 100_000;

/**
 * Reads a mailbox that was just opened, up to the last message that EXAMINE reported. Returns the
 * new cursor. May be stopped at any point: the next call reads what is not recorded yet.
 */
export async function catchUp(
  deps: RecordDeps,
  open: OpenMailbox,
  status: MailboxStatus,
  signal: AbortSignal,
): Promise<Cursor> {
  const place = identifyMailbox(open);
  const cursor = await readCursor(deps.db, place);
  const isReset = cursor !== null && cursor.uidValidity !== status.uidValidity;
  // Without a cursor, another mailbox of the account may have been watched before. For example,
  // users can hide and show All Mail in Gmail's settings.
  const elsewhere = cursor
    ? null
    : await readAccountProgress(deps.db, place.userId, place.accountEpoch);
  const { userId } = place;
  const parkedSince =
    isReset || elsewhere ? await oldestParkedDate(deps.db, isReset ? place : { userId }) : null;
  const plan = planCatchUp(cursor, status, {
    watchFrom: open.account.watchFrom,
    parkedSince,
    readUntil: elsewhere?.lastMailAt ?? null,
  });
  switch (plan.kind) {
    case "continue":
      return readUpTo(deps, open, plan.cursor, status, signal);
    case "scan":
      return scan(deps, open, plan, signal);
  }
}

/** Reads up to the last message that existed at EXAMINE. */
export async function readUpTo(
  deps: RecordDeps,
  open: OpenMailbox,
  from: Cursor,
  { uidNext }: MailboxStatus,
  signal: AbortSignal,
): Promise<Cursor> {
  const isFar = uidNext - from.lastUid > FAR;
  const lastUid = isFar ? Math.min(uidNext - 1, await open.connection.lastUid()) : uidNext - 1;
  let cursor = from;
  const range = { after: from.lastUid, lastUid };
  const takePlace = () => turnToRead(deps, open, signal);
  for await (const headers of readHeaders(deps, open, range, signal, takePlace)) {
    cursor = await readOn(deps, open, cursor, headers, signal);
  }
  return cursor;
}

/**
 * Reads mail that was announced while the mailbox was watched. SEARCH lists the messages, so a
 * message that FETCH leaves out is noticed and fetched again. If that fails, the message is
 * recorded as parked. The cursor never skips a message.
 */
export async function readNew(
  deps: RecordDeps,
  open: OpenMailbox,
  from: Cursor,
  signal: AbortSignal,
): Promise<Cursor> {
  const { connection, mailbox } = open;
  if (connection.announced > MAX_ANNOUNCED) {
    return readUpTo(deps, open, from, await connection.examine(mailbox.path), signal);
  }
  let cursor = from;
  for (const uids of toSlices(await connection.searchFrom(from.lastUid + 1))) {
    using _place = await turnToRead(deps, open, signal);
    const { headers, tooSlow } = await fetchHeaders(deps, open, uids, signal);
    cursor = await readOn(deps, open, cursor, headers, signal);
    if (tooSlow) throw tooSlow;
  }
  return cursor;
}

/**
 * Reads and records the mails of these headers, in order. So the cursor never passes an unrecorded
 * message. The caller must hold a permit of `turnToRead()`.
 */
export async function readOn(
  deps: RecordDeps,
  open: OpenMailbox<MailSource>,
  from: Cursor,
  headers: readonly MessageHeader[],
  signal: AbortSignal,
): Promise<Cursor> {
  let cursor = from;
  for (const batch of toBatches(headers)) {
    const toUid = batch.at(-1)?.uid ?? cursor.lastUid;
    const advance = { fromUid: cursor.lastUid, toUid };
    await recordInPlace(deps, open, { headers: batch, advance }, signal);
    cursor = { ...cursor, lastUid: toUid };
  }
  return cursor;
}

/**
 * Reads mail by date. Sets the cursor only at the end. An interrupted scan starts again, and
 * recognizes by event id the mails that it recorded before.
 */
async function scan(
  deps: RecordDeps,
  open: OpenMailbox,
  { since, previous, target }: Extract<Plan, { kind: "scan" }>,
  signal: AbortSignal,
): Promise<Cursor> {
  const { account, connection } = open;
  if (previous !== null || account.epoch > 0) await adoptStored(deps, open, signal);
  // Does not use UIDNEXT. A replica may report UIDNEXT before it has the message, which would be
  // skipped. If UIDNEXT is too low, old messages would look new.
  const lastUid = await connection.lastUid();
  const takePlace = () => turnToRead(deps, open, signal);
  for await (const headers of readHeaders(
    deps,
    open,
    { after: 0, lastUid, since },
    signal,
    takePlace,
  )) {
    for (const batch of toBatches(headers)) {
      await recordInPlace(deps, open, { headers: batch, advance: null }, signal);
    }
  }
  const reached = { ...target, lastUid };
  if (previous === null) await createCursor(deps.db, identifyMailbox(open), reached);
  else await resetCursor(deps.db, identifyMailbox(open), previous, reached);
  return reached;
}
