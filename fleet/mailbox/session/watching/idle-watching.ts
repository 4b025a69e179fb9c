import { ACCOUNTED_UIDS } from "../../../imap/accounted-uids.ts";
import type { RestReason } from "../../../imap/idle-watch-host.ts";
import type { ImapConnection } from "../../imap/imap-connection.ts";
import { IdleMailbox } from "./idle-mailbox.ts";
import { lookBackDue } from "./read-mailbox.ts";
import { chooseRenewalMs, MINUTE_MS, openMailbox, type Position, type Watch } from "./watch.ts";

/** Normal reasons to return from an IdleWatch to ImapFlow: they occur with every server. */
const USUAL_REASONS: ReadonlySet<RestReason> = new Set(["asked", "mail_large"]);
/**
 * How long ImapFlow watches the mailbox after an IdleWatch rested for an unusual reason (not one in
 * USUAL_REASONS and not `many_mails`), or after an end in UNUSUAL_ENDS.
 */
const UNUSUAL_PAUSE_MS = 10 * MINUTE_MS;
/** Reasons why a connection was closed: the server answered an IdleWatch in an unusual way. */
const UNUSUAL_ENDS: ReadonlySet<ImapConnection["idleEnd"]> = new Set<ImapConnection["idleEnd"]>([
  "line_too_long",
  "part_ignored",
  "out_of_step",
]);
/**
 * After `many_mails`, ImapFlow watches the mailbox for this long. More mails may arrive soon, and
 * ImapFlow reads them in batches.
 */
const MANY_MAILS_PAUSE_MS = 5_000;

/**
 * Whether an IdleWatch can watch the mailbox. False for some time after the server did something
 * unusual.
 */
export const mayWatchIdle = ({ deps, settings, user, connection }: Watch): boolean =>
  settings.usesIdleWatch &&
  connection.supportsIdle &&
  connection.keepsUids &&
  user.memory.nextParkedMs === null &&
  deps.clock.now() >= user.memory.idleWatchFromMs;

/**
 * Begins to watch with an IdleWatch instead of ImapFlow. The mailbox must be read up to the
 * present. Returns null when an IdleWatch is not possible now.
 */
export async function beginIdleWatch(
  watch: Watch,
  position: Position,
  end: AbortSignal,
): Promise<IdleMailbox | null> {
  const { deps, user, connection } = watch;
  const { cursor, uidValidity } = position;
  // Looks back first, because the IdleWatch treats all mail up to the cursor as known.
  const status = { uidValidity, uidNext: cursor.lastUid + 1 };
  await lookBackDue(watch, openMailbox(watch, uidValidity), { cursor, status }, end);
  if (connection.announced > 0) return null;
  const { lastUid } = cursor;
  const firstUid = Math.max(lastUid - ACCOUNTED_UIDS + 1, 1);
  // Also searches in an empty mailbox (for UID 1): the answer announces mail that has arrived since
  // the last command. Some servers do not announce it to IDLE.
  const present = await connection.searchUids(firstUid, Math.max(lastUid, 1));
  // The server may have renumbered the mailbox in its last answer. The end of the session may have
  // come, too.
  if (connection.uidValidity !== uidValidity || end.aborted) return null;
  const idle = new IdleMailbox(watch, position);
  const watching = { lastUid, present, lookMs: chooseRenewalMs(watch), task: idle };
  if (!connection.beginIdleWatch(deps.idleWatches, watching)) return null;
  deps.log.debug("mailbox.idle_watch_began", { user_id: user.account().userId });
  return idle;
}

/**
 * Ends an IdleWatch, so that ImapFlow continues on the connection. Returns how far the mailbox is
 * read.
 */
export async function endIdleWatch(
  { deps, user, connection }: Watch,
  idle: IdleMailbox,
  end: AbortSignal,
): Promise<Position> {
  const { memory } = user;
  const why = await connection.endIdleWatch(await idle.leave(end));
  if (why === null) {
    // The next session stays with ImapFlow, so that it does not end in the same way.
    if (UNUSUAL_ENDS.has(connection.idleEnd))
      memory.idleWatchFromMs = deps.clock.now() + UNUSUAL_PAUSE_MS;
    return idle.position;
  }
  if (why !== "asked") {
    deps.log.debug("mailbox.idle_watch_ended", { user_id: user.account().userId, why });
    memory.lookedBackMs = -Infinity;
  }
  memory.idleWatchFromMs = deps.clock.now() + choosePauseMs(why);
  return { ...idle.position, rested: why };
}

/** Returns how long ImapFlow watches the mailbox after an IdleWatch ended for this reason. */
function choosePauseMs(why: RestReason): number {
  if (why === "many_mails") return MANY_MAILS_PAUSE_MS;
  return USUAL_REASONS.has(why) ? 0 : UNUSUAL_PAUSE_MS;
}
