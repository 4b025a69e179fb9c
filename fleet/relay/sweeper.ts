import type { Db } from "../../db/client.ts";
import {
  giveUpForgotten,
  type QueuedMail,
  readForgottenMails,
  readQueuedMails,
  rereadQueuedMails,
} from "../../db/mail/lost-mails.ts";
import { endForgottenMails, endMails, type MailEnd } from "../../db/mail/mail-states.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { repeat, type Repetition } from "../../shared/concurrency/repeat.ts";
import type { Bus } from "../bus/bus.ts";
import { deleteMessage } from "../bus/find-message.ts";
import { EVENTS } from "../bus/subjects.ts";
import type { LostMail } from "../mailbox/session/refetches.ts";
import { findLosses } from "./find-losses.ts";
import { type OverduePolicy, judgeQueuedMail } from "./overdue.ts";
import { attemptsAreWritten } from "./written-attempts.ts";

export interface SweeperDeps {
  bus: Bus;
  db: Db;
  clock: Clock;
  log: Log;
  /** Returns the users that this instance watches. Only their mail is checked. */
  userIds(): readonly string[];
  /**
   * Requests that mails are later read from their mailbox again, and published with the same event
   * ids.
   */
  refetch(userId: string, mails: readonly LostMail[]): void;
}

export interface SweeperSettings extends OverduePolicy {
  intervalMs: number;
}

/**
 * How many mails are checked between two pauses. At most about 1,000 mails are checked per second.
 */
const PAGE = 200;
const PAGE_PAUSE_MS = 200;
const WRITING_PATIENCE_MS = 10_000;

/**
 * Finds mails whose messages NATS has lost, and requests to read them from their mailboxes again. A
 * machine that crashes may lose acknowledged messages, or all streams.
 */
export function createSweeper(deps: SweeperDeps, settings: SweeperSettings): Repetition {
  const asked: Asked = new Map();
  const work = async (signal: AbortSignal, goesOn: () => void) => {
    for (const [eventId, askedMs] of asked) {
      if (deps.clock.now() - askedMs > settings.ageMs) asked.delete(eventId);
    }
    try {
      await sweep({ ...deps, goesOn }, settings, asked, signal);
      await sweepForgotten(deps, settings, asked);
    } catch (error) {
      // The most likely cause is that NATS has lost its streams.
      await deps.bus.repair();
      throw error;
    }
  };
  return repeat(deps, { name: "sweeper", everyMs: settings.intervalMs, work });
}

async function sweep(
  deps: SweeperDeps & { goesOn(): void },
  settings: SweeperSettings,
  asked: Asked,
  signal: AbortSignal,
): Promise<void> {
  const startedMs = deps.clock.now();
  const tally = { checked: 0, ended: 0, lost: 0, refetched: 0 };
  const userIds = deps.userIds();
  let after: QueuedMail | null = null;
  do {
    const page = { userIds, ageMs: settings.ageMs, after, limit: PAGE };
    const mails: QueuedMail[] = await readQueuedMails(deps.db, page);
    const { overdue, ended } = judge(mails, settings, deps.clock.now());
    await endMails(deps.db, ended);
    const lost = await findLostMails(deps, settings, overdue, signal);
    tally.checked += overdue.length;
    tally.ended += ended.length;
    tally.lost += lost.length;
    tally.refetched += restore(deps, lost, asked);
    deps.goesOn();
    after = mails.length === PAGE ? (mails.at(-1) ?? null) : null;
    if (after) await deps.clock.sleep(PAGE_PAUSE_MS, signal);
  } while (after && !signal.aborted);
  if (tally.checked + tally.ended > 0) {
    const duration_ms = deps.clock.now() - startedMs;
    deps.log.info("sweeper.swept", { ...tally, duration_ms });
  }
}

/**
 * Handles mails that have been queued for longer than any stream keeps events. Example: the user
 * was paused for days. If a session has the mailbox open, it fetches the mail again. Otherwise the
 * mail is recorded as lost.
 */
async function sweepForgotten(
  deps: SweeperDeps,
  settings: SweeperSettings,
  asked: Asked,
): Promise<void> {
  const { db, log, clock } = deps;
  const own = await readForgottenMails(db, { userIds: deps.userIds(), limit: PAGE });
  const { overdue, ended } = judge(own, settings, clock.now());
  await endForgottenMails(db, ended);
  const refetched = restore(deps, overdue, asked);
  // Mails that no instance could restore from their mailboxes are recorded as lost.
  const all = await readForgottenMails(db, { userIds: null, limit: PAGE });
  const { overdue: unreached, ended: over } = judge(all, settings, clock.now());
  await endForgottenMails(db, over);
  const lost = await giveUpForgotten(
    db,
    unreached.map(({ eventId }) => eventId),
  );
  if (refetched + lost > 0)
    log[lost > 0 ? "error" : "info"]("sweeper.forgotten", { refetched, lost });
}

function judge(mails: readonly QueuedMail[], policy: OverduePolicy, nowMs: number) {
  const overdue: QueuedMail[] = [];
  const ended: MailEnd[] = [];
  for (const mail of mails) {
    const standing = judgeQueuedMail(mail, policy, nowMs);
    if (standing.kind === "overdue") overdue.push(mail);
    if (standing.kind === "ended") {
      const { state, reason } = standing;
      ended.push({ eventId: mail.eventId, userId: mail.userId, state, reason });
    }
  }
  return { overdue, ended };
}

/**
 * Finds mails that seem lost, and waits until all attempts are written. Returns the mails that are
 * still queued then.
 */
async function findLostMails(
  deps: SweeperDeps,
  settings: SweeperSettings,
  overdue: readonly QueuedMail[],
  signal: AbortSignal,
): Promise<QueuedMail[]> {
  const suspects = await findLosses(deps.bus, overdue);
  if (suspects.length === 0) return [];
  if (!(await attemptsAreWritten(deps, WRITING_PATIENCE_MS, signal))) {
    deps.log.warn("sweeper.postponed", { suspects: suspects.length });
    return [];
  }
  const ids = suspects.map(({ event }) => event.eventId);
  const queued = await rereadQueuedMails(deps.db, ids);
  const still = judge(queued, settings, deps.clock.now()).overdue;
  const stillLost = new Map(still.map((mail) => [mail.eventId, mail]));
  const lost = suspects.filter(
    ({ event }) => stillLost.get(event.eventId)?.streamSeq === event.streamSeq,
  );
  // An event without its body cannot be delivered. If it stayed, it would be attempted in addition
  // to its replacement.
  for (const { event, loss } of lost) {
    if (loss !== "body") continue;
    await deleteMessage(deps.bus, EVENTS, event.streamSeq ?? 0, { overwrite: true });
  }
  return lost.map(({ event }) => event);
}

/**
 * When each mail was requested from its mailbox, by event id. A mail is not requested again soon:
 * its mailbox may be unreachable, or NATS may drop its publication as a duplicate of the lost one.
 */
type Asked = Map<string, number>;

function restore(
  { refetch, clock }: SweeperDeps,
  lost: readonly QueuedMail[],
  asked: Asked,
): number {
  const due = lost.filter(({ eventId }) => !asked.has(eventId));
  for (const [userId, mails] of Map.groupBy(due, (mail) => mail.userId)) refetch(userId, mails);
  for (const { eventId } of due) asked.set(eventId, clock.now());
  return due.length;
}
