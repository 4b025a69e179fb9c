import { claimParkedMails } from "../../../../db/mail/parked-mails.ts";
import type { RestReason } from "../../../imap/idle-watch-host.ts";
import { expectFreeQuota } from "../../../quota/lane-quota.ts";
import { catchUp, readNew, readUpTo } from "../../catch-up/catch-up.ts";
import { lookBack } from "../../catch-up/look-back.ts";
import type { OpenMailbox } from "../../catch-up/recording/read-batch.ts";
import type { Cursor } from "../../catch-up/plan.ts";
import type { MailboxStatus } from "../../imap/mailbox-status.ts";
import { countLooks } from "./look-again.ts";
import { revisit } from "./revisit.ts";
import { MINUTE_MS, openMailbox, type Position, type Watch } from "./watch.ts";

/** If an IdleWatch rested for one of these reasons, the server has shown new mail. */
const SHOWS_MAIL: ReadonlySet<RestReason | undefined> = new Set<RestReason>([
  "many_mails",
  "mail_large",
  "mail_incomplete",
]);
const LOOK_BACK_EVERY_MS = 5 * MINUTE_MS;
const MAX_PARKED_RETRY_MS = 6 * 60 * MINUTE_MS;

/** Reads what is new in the mailbox, or catches up when it was not open before. */
export async function readMailbox(
  watch: Watch,
  position: Position | null,
  end: AbortSignal,
): Promise<Position> {
  const { deps, connection, mailbox } = watch;
  if (!position || connection.uidValidity !== position.uidValidity) {
    return catchUpAnew(watch, await connection.examine(mailbox.path), end);
  }
  const open = openMailbox(watch, position.uidValidity);
  const isAnnounced = connection.announced > 0 && position.rested === undefined;
  const showsMail = SHOWS_MAIL.has(position.rested);
  let { isAhead } = position;
  let cursor: Cursor;
  if (isAnnounced) {
    cursor = await readNew(deps, announcedAt(open, position), position.cursor, end);
  } else {
    // At each renewal of IDLE, this EXAMINE finds mail that the server forgot to announce, and a
    // changed UIDVALIDITY.
    const status = await connection.examine(mailbox.path);
    if (status.uidValidity !== position.uidValidity) return catchUpAnew(watch, status, end);
    isAhead = status.uidNext <= position.cursor.lastUid;
    cursor = await readUpTo(deps, open, position.cursor, status, end);
    // The server showed new mail, but UIDNEXT may not include it.
    if (showsMail && cursor.lastUid === position.cursor.lastUid)
      cursor = await readNew(deps, open, cursor, end);
    await lookBackDue(watch, open, { cursor, status }, end);
  }
  const hasMoved = cursor.lastUid !== position.cursor.lastUid;
  const isExpected = isAnnounced || showsMail;
  const looks = countLooks(position.looks, { isExpected, hasMoved });
  const inVain = isExpected && !hasMoved ? position.inVain + 1 : 0;
  return { uidValidity: position.uidValidity, cursor, looks, inVain, isAhead };
}

/**
 * Runs `lookBack()`, unless it ran less than LOOK_BACK_EVERY_MS ago. The limit is for servers
 * without IDLE: by default, they are asked for mail every minute.
 */
export async function lookBackDue(
  { deps, user }: Watch,
  open: OpenMailbox,
  reached: { cursor: Cursor; status: MailboxStatus },
  end: AbortSignal,
): Promise<void> {
  const nowMs = deps.clock.now();
  if (nowMs - user.memory.lookedBackMs < LOOK_BACK_EVERY_MS) return;
  const liveAfterUid = user.memory.liveAfter?.uid ?? Infinity;
  await lookBack(deps, open, { ...reached, liveAfterUid }, end);
  user.memory.lookedBackMs = nowMs;
}

const announcedAt = (open: OpenMailbox, { announcedMs }: Position): OpenMailbox =>
  announcedMs === undefined ? open : { ...open, announcedMs };

/** Catches up in a mailbox that was just opened. */
async function catchUpAnew(
  watch: Watch,
  status: MailboxStatus,
  end: AbortSignal,
): Promise<Position> {
  const { deps, user, connection } = watch;
  const { uidValidity, uidNext } = status;
  // If the server keeps no UIDs, each session scans the mailbox by date. The content of a mail
  // shows whether the mail was read before.
  if (!connection.keepsUids)
    deps.log.warn("mailbox.uids_not_kept", { user_id: user.account().userId });
  const cursor = await catchUp(deps, openMailbox(watch, uidValidity), status, end);
  user.onWatching();
  if (user.memory.liveAfter?.uidValidity !== uidValidity)
    user.memory.liveAfter = { uidValidity, uid: cursor.lastUid };
  // Mail that was parked before, by this process or another, may be due.
  user.memory.nextParkedMs = deps.clock.now();
  const isExpected = cursor.lastUid < uidNext - 1;
  const looks = countLooks(0, { isExpected, hasMoved: false });
  return { uidValidity, cursor, looks, inVain: 0, isAhead: cursor.lastUid >= uidNext };
}

/** Publishes lost mails again, and fetches the parked mails that are due. */
export async function revisitDue(
  watch: Watch,
  { uidValidity }: Position,
  end: AbortSignal,
): Promise<void> {
  const { deps, settings, user, mailbox } = watch;
  const { memory } = user;
  const open = openMailbox(watch, uidValidity);
  await refetch(watch, open, end);
  if (memory.nextParkedMs === null || memory.nextParkedMs > deps.clock.now()) return;
  expectFreeQuota(deps.quota, open.account.partnerId);
  const { mails, nextAt } = await claimParkedMails(
    deps.db,
    { userId: open.account.userId, mailbox: mailbox.name },
    { firstDelayMs: settings.parkedRetryMs, maxDelayMs: MAX_PARKED_RETRY_MS },
  );
  memory.nextParkedMs = nextAt?.getTime() ?? null;
  await revisit(deps, open, { mails, again: "judge" }, end);
}

export const refetch = ({ deps, user }: Watch, open: OpenMailbox, end: AbortSignal) =>
  revisit(deps, open, { mails: user.memory.refetches.takeAll(), again: "publish" }, end);
