import { readCursor } from "../../db/mail/cursors.ts";
import { advanceSweep, beginSweep, endSweep, type Sweep } from "../../db/mail/sweeps.ts";
import { readWatchedUsers } from "../../db/users/watched-users.ts";
import type { Log } from "../../shared/log.ts";
import type { Account } from "../mailbox/login/account.ts";
import { toBatches } from "../mailbox/catch-up/batches.ts";
import { nameMailbox } from "../mailbox/catch-up/name-mailbox.ts";
import { findMailbox } from "../mailbox/imap/find-mailbox.ts";
import type { MessageHeader } from "../mailbox/imap/fetch/message-header.ts";
import type { FetchMemory } from "../mailbox/imap/fetch/fetch-patiently.ts";
import type { ImapConnection } from "../mailbox/imap/imap-connection.ts";
import { toAccount } from "../mailbox/login/to-account.ts";
import {
  type BatchDeps,
  identifyMailbox,
  type OpenMailbox,
} from "../mailbox/catch-up/recording/read-batch.ts";
import { readHeaders } from "../mailbox/catch-up/read-headers.ts";
import { expectFreeQuota } from "../quota/lane-quota.ts";
import { MailboxNotRead } from "./mailbox-not-read.ts";
import type { Pace } from "../quota/pace.ts";
import { sweepBatch } from "./sweep-batch.ts";

export interface SweepDeps extends BatchDeps {
  log: Log;
  /** Connects and logs in. Respects the login rate of the user's server. */
  connect(account: Account, signal: AbortSignal): Promise<ImapConnection>;
  pace: Pace;
}

export interface SweepSettings {
  maxEmailSizeBytes: number;
  parkedRetryMs: number;
}

const DAY_MS = 86_400_000;

export interface SweepRun {
  sweep: Sweep;
  /** Messages that could not be fetched in earlier runs. */
  fetches: FetchMemory;
  /** Returns whether this run must stop, so that a waiting sweep can run. */
  isTurnOver(): boolean;
}

/**
 * Sweeps one mailbox over a separate connection, from where the last run stopped. Ends at the
 * user's cursor: the user's session reads the mail above it.
 *
 * @throws {ImapError} when the server fails.
 * @throws {SweepMoved} when another instance has the sweep.
 * @throws {LaneFull} when the partner has no free quota.
 * @throws {MailboxNotRead} when the user's session has not read the whole mailbox yet.
 */
export async function runSweep(
  deps: SweepDeps,
  settings: SweepSettings,
  { sweep, fetches, isTurnOver }: SweepRun,
  signal: AbortSignal,
): Promise<"ended" | "turn_over"> {
  const account = await findAccount(deps, sweep);
  await using connection = await deps.connect(account, signal);
  const abandon = () => void connection[Symbol.asyncDispose]();
  signal.addEventListener("abort", abandon, { once: true });
  try {
    const open = await openMailbox(deps, settings, { account, connection, sweep, fetches });
    return await sweepMailbox(deps, open, { sweep, isTurnOver }, signal);
  } finally {
    signal.removeEventListener("abort", abandon);
  }
}

interface Opening {
  account: Account;
  connection: ImapConnection;
  sweep: Sweep;
  fetches: FetchMemory;
}

async function openMailbox(
  deps: SweepDeps,
  settings: SweepSettings,
  { account, connection, sweep, fetches }: Opening,
): Promise<OpenMailbox> {
  const found = await findMailbox(deps, connection, { ...account, memory: { allMailFailures: 0 } });
  const mailbox = await nameMailbox(deps.db, account, found);
  const { uidValidity } = await connection.examine(mailbox.path);
  const { maxEmailSizeBytes, parkedRetryMs } = settings;
  return {
    account: { ...account, watchFrom: sweep.since },
    connection,
    mailbox,
    uidValidity,
    maxEmailSizeBytes,
    parkedRetryMs,
    fetches,
    // Nothing to do: the user's session finds parked mail by itself.
    onParked() {},
  };
}

async function sweepMailbox(
  deps: SweepDeps,
  open: OpenMailbox,
  { sweep, isTurnOver }: Pick<SweepRun, "sweep" | "isTurnOver">,
  signal: AbortSignal,
): Promise<"ended" | "turn_over"> {
  const place = identifyMailbox(open);
  const cursor = await readCursor(deps.db, place);
  if (cursor?.uidValidity !== place.uidValidity) throw new MailboxNotRead();
  const after = await beginSweep(deps.db, sweep.id, place);
  // SEARCH compares only days, in the server's unknown time zone. So the search begins one day
  // early.
  const since = new Date(sweep.since.getTime() - DAY_MS);
  const range = { after, lastUid: cursor.lastUid, since };
  let fromUid = after;
  for await (const headers of readHeaders(deps, open, range, signal)) {
    fromUid = await sweepHeaders(deps, open, { sweep, headers, fromUid }, signal);
    if (isTurnOver()) return "turn_over";
  }
  signal.throwIfAborted();
  await endSweep(deps.db, sweep.id, null);
  return "ended";
}

async function findAccount({ db }: SweepDeps, { userId }: Sweep): Promise<Account> {
  const [user] = await readWatchedUsers(db, [userId]);
  if (!user) throw new Error("Cannot sweep: the user is no longer watched");
  const account = toAccount(user);
  if (!account) throw new Error("Cannot sweep: the user has no credentials of the provider's kind");
  return account;
}

/**
 * Sweeps messages in batches, within the rate limit. Returns the UID after which the sweep
 * continues.
 */
async function sweepHeaders(
  deps: SweepDeps,
  open: OpenMailbox,
  at: { sweep: Sweep; headers: readonly MessageHeader[]; fromUid: number },
  signal: AbortSignal,
): Promise<number> {
  const { sweep, headers } = at;
  let { fromUid } = at;
  for (const batch of toBatches(headers).flatMap((whole) => cut(whole, deps.pace.burst))) {
    await deps.pace.wait(signal);
    signal.throwIfAborted();
    if (!deps.mayRead())
      throw new Error("Cannot sweep: this instance does not know for sure which users it owns");
    expectFreeQuota(deps.quota, open.account.partnerId);
    const inTime = batch.filter((header) => isInTime(header, sweep));
    const published = await sweepBatch(deps, open, { sweep, headers: inTime }, signal);
    deps.pace.spend(published);
    const toUid = batch.at(-1)?.uid ?? fromUid;
    const found = inTime.length;
    const progress = { fromUid, toUid, found, published, skipped: found - published };
    await advanceSweep(deps.db, sweep.id, progress);
    fromUid = toUid;
  }
  return fromUid;
}

/**
 * Whether a mail's date is in the period of the sweep. INTERNALDATE has whole seconds (RFC 9051,
 * 6.3.12), so the beginning of the period is rounded down.
 */
function isInTime(header: MessageHeader, { since, until }: Sweep): boolean {
  // Without a readable header, the date is unknown. The mail is included and then parked, so it is
  // not lost.
  if (header.isUnreadable) return true;
  const { internalDate } = header;
  const floorMs = Math.floor(since.getTime() / 1_000) * 1_000;
  return internalDate.getTime() >= floorMs && internalDate.getTime() < until.getTime();
}

function cut<T>(list: readonly T[], size: number): T[][] {
  const count = Math.ceil(list.length / size);
  return Array.from({ length: count }, (_, i) => list.slice(i * size, (i + 1) * size));
}
