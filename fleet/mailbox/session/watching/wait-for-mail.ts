import type { RestReason } from "../../../imap/idle-watch-host.ts";
import type { ImapConnection } from "../../imap/imap-connection.ts";
import { pauseMs, waitMs } from "./look-again.ts";
import { lookBackDue } from "./read-mailbox.ts";
import { chooseRenewalMs, MINUTE_MS, openMailbox, type Position, type Watch } from "./watch.ts";
import { watchIdle } from "./watch-idle.ts";

/**
 * If a server ends a wait sooner than this without having announced new mail, a pause of
 * SHORT_WAIT_PAUSE_MS follows.
 */
const SHORT_WAIT_MS = 1_000;
const SHORT_WAIT_PAUSE_MS = 5_000;
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

/** Waits until there may be something to read. Returns how far the mailbox is read at that time. */
export async function waitForMail(
  watch: Watch,
  position: Position,
  end: AbortSignal,
): Promise<Position> {
  const { user, connection } = watch;
  const { clock } = watch.deps;
  const { looks, inVain } = position;
  const { refetches, nextParkedMs } = user.memory;
  const restMs = pauseMs(inVain);
  if (restMs > 0) await clock.sleep(restMs, AbortSignal.any([end, refetches.waiting]));
  if (isWoken(watch, position)) return position;
  const startedMs = clock.now();
  const renewalMs = chooseRenewalMs(watch);
  const maxMs = waitMs({ looks, renewalMs, nextParkedMs, nowMs: startedMs });
  if (maxMs === renewalMs && !position.isAhead && mayWatchIdle(watch)) {
    const watched = await waitInIdleWatch(watch, position, end);
    if (watched) return watched;
  }
  await connection.waitForMail(maxMs, [end, refetches.waiting]);
  const isShort = clock.now() - startedMs < Math.min(maxMs, SHORT_WAIT_MS);
  if (isShort && !isWoken(watch, position)) await clock.sleep(SHORT_WAIT_PAUSE_MS, end);
  return position;
}

/** Returns whether there may be something to read, so that waiting must end. */
const isWoken = ({ user, connection }: Watch, { uidValidity }: Position): boolean =>
  connection.announced > 0 ||
  connection.uidValidity !== uidValidity ||
  connection.closed.aborted ||
  user.memory.refetches.waiting.aborted;

/**
 * Whether an IdleWatch can watch the mailbox. False for some time after the server did something
 * unusual.
 */
const mayWatchIdle = ({ deps, settings, user, connection }: Watch): boolean =>
  settings.usesIdleWatch &&
  connection.supportsIdle &&
  connection.keepsUids &&
  user.memory.nextParkedMs === null &&
  deps.clock.now() >= user.memory.idleWatchFromMs;

/**
 * Watches with an IdleWatch instead of ImapFlow. Returns the position afterwards, or null when an
 * IdleWatch was not possible.
 */
async function waitInIdleWatch(
  watch: Watch,
  position: Position,
  end: AbortSignal,
): Promise<Position | null> {
  const { deps, user, connection } = watch;
  const { memory } = user;
  const { cursor, uidValidity } = position;
  // Looks back first, because the IdleWatch treats all mail up to the cursor as known.
  const status = { uidValidity, uidNext: cursor.lastUid + 1 };
  await lookBackDue(watch, openMailbox(watch, uidValidity), { cursor, status }, end);
  if (connection.announced > 0) return position;
  deps.log.debug("mailbox.idle_watch_began", { user_id: user.account().userId });
  const watched = await watchIdle(
    deps,
    {
      connection,
      cursor,
      lookMs: chooseRenewalMs(watch),
      open: (source) => ({ ...openMailbox(watch, uidValidity), connection: source }),
    },
    [end, memory.refetches.waiting],
  );
  if (!watched) {
    // The next session stays with ImapFlow, so that it does not end in the same way.
    if (UNUSUAL_ENDS.has(connection.idleEnd))
      memory.idleWatchFromMs = deps.clock.now() + UNUSUAL_PAUSE_MS;
    return isWoken(watch, position) ? position : null;
  }
  if (watched.why !== "asked") {
    deps.log.debug("mailbox.idle_watch_ended", {
      user_id: user.account().userId,
      why: watched.why,
    });
    memory.lookedBackMs = -Infinity;
  }
  memory.idleWatchFromMs = deps.clock.now() + choosePauseMs(watched.why);
  return { ...position, cursor: watched.cursor, rested: watched.why };
}

/** Returns how long ImapFlow watches the mailbox after an IdleWatch ended for this reason. */
function choosePauseMs(why: RestReason): number {
  if (why === "many_mails") return MANY_MAILS_PAUSE_MS;
  return USUAL_REASONS.has(why) ? 0 : UNUSUAL_PAUSE_MS;
}
