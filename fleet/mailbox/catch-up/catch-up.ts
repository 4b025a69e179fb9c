import { createCursor, readCursor, resetCursor } from "../../../db/mail/cursors.ts";
import { readAccountProgress } from "../../../db/users/user-accounts.ts";
import { oldestParkedDate } from "../../../db/mail/parked-mails.ts";
import { adoptStored } from "./adopt-stored.ts";
import { toBatches, toSlices } from "./batches.ts";
import type { MessageHeader } from "../imap/fetch/message-header.ts";
import { type Cursor, type Plan, planCatchUp } from "./plan.ts";
import { type MailboxStatus } from "../imap/mailbox-status.ts";
import { type OpenMailbox, placeOf } from "./read-batch.ts";
import { fetchHeaders, readHeaders } from "./read-headers.ts";
import { readingPlace, type RecordDeps, recordInPlace } from "./record-batch.ts";

/** Above this many announced messages the mailbox is searched window by window: each answer is bounded then. */
const MAX_ANNOUNCED = 200;
/** Above this distance it is asked whether there is anything: UIDNEXT may be far from the last message. */
const FAR = 100_000;

/**
 * Reads a mailbox that was just opened up to what EXAMINE said there is, and returns the cursor.
 * May be stopped at any point: it goes on from the last recorded message.
 */
export async function catchUp(
  deps: RecordDeps,
  open: OpenMailbox,
  status: MailboxStatus,
  signal: AbortSignal,
): Promise<Cursor> {
  const place = placeOf(open);
  const cursor = await readCursor(deps.db, place);
  const isReset = cursor !== null && cursor.uidValidity !== status.uidValidity;
  // Of an account that was watched at another mailbox: All Mail may be hidden or shown.
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

/** Reads on to the last message there was at EXAMINE. */
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
  const takePlace = () => readingPlace(deps, open.account, signal);
  for await (const headers of readHeaders(deps, open, range, signal, takePlace)) {
    cursor = await readOn(deps, open, cursor, headers, signal);
  }
  return cursor;
}

/**
 * Reads what was announced while the mailbox was watched. SEARCH says what there is, so that a message that
 * FETCH leaves out is missed, asked for again and parked at last: the cursor passes none.
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
    using _place = await readingPlace(deps, open.account, signal);
    const headers = await fetchHeaders(deps, open, uids, signal);
    cursor = await readOn(deps, open, cursor, headers, signal);
  }
  return cursor;
}

/** With a place held. Records in order, so that the cursor never passes a message that is not recorded. */
async function readOn(
  deps: RecordDeps,
  open: OpenMailbox,
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
 * Looks by date. The cursor is set only at the end: a scan that was cut short begins again, and
 * what it recorded already is known by its event ids.
 */
async function scan(
  deps: RecordDeps,
  open: OpenMailbox,
  { since, previous, target }: Extract<Plan, { kind: "scan" }>,
  signal: AbortSignal,
): Promise<Cursor> {
  const { account, connection } = open;
  if (previous !== null || account.epoch > 0) await adoptStored(deps, open, signal);
  // Not UIDNEXT: a replica may know it before it has the message, which must not be passed over, and a server may
  // say less than there is, which must not be taken for new.
  const lastUid = await connection.lastUid();
  const takePlace = () => readingPlace(deps, open.account, signal);
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
  if (previous === null) await createCursor(deps.db, placeOf(open), reached);
  else await resetCursor(deps.db, placeOf(open), previous, reached);
  return reached;
}
