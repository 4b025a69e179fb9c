import { findRecorded } from "../../../db/mail/seen.ts";
import { computeEventId } from "../../../shared/ids.ts";
import { toBatches } from "./batches.ts";
import { type UidWindow } from "../imap/uid-window.ts";
import type { Cursor } from "./plan.ts";
import type { MailboxStatus } from "../imap/mailbox-status.ts";
import { identifyMailbox, type OpenMailbox } from "./recording/read-batch.ts";
import { fetchHeaders } from "./read-headers.ts";
import { recordBatch, type RecordDeps } from "./recording/record-batch.ts";

/** How many UIDs up to the cursor are compared with the recorded mails. */
const LOOK_BACK_UIDS = 200;
/**
 * A look back delivers no mail older than this, unless the mail arrived while this process watched.
 * The table `seen` may lack older mail, so older mail might be delivered twice.
 */
const LOOK_BACK_MS = 2 * 86_400_000;

/**
 * Reads the mails among the last UIDs up to the cursor that are not recorded. A mail may appear
 * after the cursor has passed its UID. For example, a replica may receive a later mail first.
 *
 * If a server once reported a UID that was too high, the cursor is beyond UIDNEXT. Then only this
 * function finds new mail.
 */
export async function lookBack(
  deps: RecordDeps,
  open: OpenMailbox,
  { cursor, status, liveAfterUid }: Reached,
  signal: AbortSignal,
): Promise<void> {
  const lastUid = Math.min(cursor.lastUid, status.uidNext - 1);
  if (lastUid <= 0) return;
  const { account } = open;
  const since = new Date(Math.max(account.watchFrom.getTime(), deps.clock.now() - LOOK_BACK_MS));
  const first = Math.max(lastUid - LOOK_BACK_UIDS, cursor.importedUid ?? 0) + 1;
  const older = { first, last: Math.min(lastUid, liveAfterUid), since };
  await readMissing(deps, open, older, signal);
  // Mail that arrived while this process watched is new, whatever its date.
  await readMissing(
    deps,
    open,
    { first: Math.max(first, liveAfterUid + 1), last: lastUid },
    signal,
  );
}

interface Reached {
  cursor: Cursor;
  status: MailboxStatus;
  /** Mail with a higher UID arrived while this process watched. */
  liveAfterUid: number;
}

async function readMissing(
  deps: RecordDeps,
  open: OpenMailbox,
  { first, last, since }: UidWindow & { since?: Date },
  signal: AbortSignal,
): Promise<void> {
  if (first > last) return;
  const missing = await unrecorded(
    deps,
    open,
    await open.connection.searchUids(first, last, since),
  );
  if (missing.length === 0) return;
  const { userId } = open.account;
  deps.log.warn("mailbox.mail_found_behind", { user_id: userId, count: missing.length });
  const isLive = since === undefined;
  const { headers: found, tooSlow } = await fetchHeaders(deps, open, missing, signal);
  for (const headers of toBatches(found)) {
    await recordBatch(deps, open, { headers, advance: null, isLive }, signal);
  }
  if (tooSlow) throw tooSlow;
}

async function unrecorded(
  { db }: RecordDeps,
  open: OpenMailbox,
  uids: readonly number[],
): Promise<number[]> {
  if (uids.length === 0) return [];
  const place = identifyMailbox(open);
  const eventIds = uids.map((uid) => computeEventId({ ...place, uid }));
  const seen = await findRecorded(db, eventIds);
  const recorded = new Set(seen.map(({ eventId }) => eventId));
  return uids.filter((_, index) => !recorded.has(eventIds[index] ?? ""));
}
