import type { SecureContext } from "node:tls";
import { reconnectDelayMs } from "../../shared/backoff.ts";
import { messageOf } from "../../shared/errors.ts";
import type { Semaphore } from "../../shared/semaphore.ts";
import type { Opener } from "../../shared/vault.ts";
import type { Account } from "./account.ts";
import { catchUp, type CatchUpDeps, readNew } from "./catch-up.ts";
import { type ChosenMailbox, chooseMailbox } from "./choose-mailbox.ts";
import { ImapError } from "./failure.ts";
import { connectImap, type ImapConnection } from "./imap-connection.ts";
import type { Cursor } from "./plan.ts";
import type { OpenMailbox } from "./read-batch.ts";

/**
 * One user's life with an IMAP server, crash-only: whatever goes wrong with the server ends the
 * session, and the next one begins from the recorded cursor.
 *
 *   connect → log in → choose the mailbox → EXAMINE → catch up → wait → read what is new → wait → …
 *
 * Trouble of our own (Postgres, NATS) does not end it: the mail waits in its mailbox, and the
 * connection is kept, so that an outage here is no storm of logins there.
 */
export interface SessionDeps extends CatchUpDeps {
  mailboxVault: Opener;
  /** Places for users that log in at one time. */
  logins: Semaphore;
  secureContext: SecureContext;
}

export interface SessionSettings {
  maxEmailSizeBytes: number;
  /** How often a server without IDLE is asked. */
  pollIntervalMs: number;
}

/** Room for what surrounds a message in a response. */
const LITERAL_MARGIN_BYTES = 64 * 1_024;
/** A wait that ends sooner, with nothing announced, is a server that does not really wait. */
const SHORT_WAIT_MS = 1_000;
const SHORT_WAIT_PAUSE_MS = 5_000;
/** After an outage of our own nobody is spared by a long pause, and mail waits. */
const MAX_OWN_PAUSE_MS = 15_000;

/**
 * Runs until `signal` aborts. Rejects with ImapError when the server or the way to it fails.
 *
 * @param account The user as it is now; asked again whenever mail is read.
 * @param onWatching Called whenever the mailbox is read up to now after it was opened.
 */
export async function runSession(
  deps: SessionDeps,
  settings: SessionSettings,
  account: () => Account,
  onWatching: () => void,
  signal: AbortSignal,
): Promise<void> {
  await using connection = await logIn(deps, settings, account(), signal);
  if (signal.aborted) return;
  const stop = () => void connection[Symbol.asyncDispose]();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const mailbox = chooseMailbox(await connection.list());
    await watch({ deps, settings, account, onWatching, connection, mailbox }, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function logIn(
  deps: SessionDeps,
  settings: SessionSettings,
  { username, sealedPassword, server, userId }: Account,
  signal: AbortSignal,
): Promise<ImapConnection> {
  using _place = await deps.logins.acquire(signal);
  return connectImap({
    server,
    credentials: {
      username,
      password: await deps.mailboxVault.open(`users/${userId}/login_password`, sealedPassword),
    },
    secureContext: deps.secureContext,
    maxLiteralBytes: settings.maxEmailSizeBytes + LITERAL_MARGIN_BYTES,
  });
}

interface Watch {
  deps: SessionDeps;
  settings: SessionSettings;
  account: () => Account;
  onWatching: () => void;
  connection: ImapConnection;
  mailbox: ChosenMailbox;
}

async function watch(session: Watch, signal: AbortSignal): Promise<void> {
  const { deps, connection } = session;
  const end = AbortSignal.any([signal, connection.closed]);
  let position: Position | null = null;
  for (let errors = 0; !signal.aborted;) {
    try {
      position = await read(session, position, end);
      errors = 0;
    } catch (error) {
      if (end.aborted || error instanceof ImapError) throw error;
      position = null;
      errors++;
      deps.log.warn("mailbox.sync_failed", {
        user_id: session.account().userId,
        errors,
        error: messageOf(error),
      });
      const delayMs = reconnectDelayMs(errors, deps.clock.random);
      await deps.clock.sleep(Math.min(delayMs, MAX_OWN_PAUSE_MS), end);
      continue;
    }
    await waitForMail(session, end);
    if (connection.closed.aborted && !signal.aborted) {
      throw new ImapError("watch the mailbox", "the connection was closed");
    }
  }
}

/** What is open and how far it is read. */
interface Position {
  uidValidity: number;
  cursor: Cursor;
}

async function read(
  session: Watch,
  position: Position | null,
  end: AbortSignal,
): Promise<Position> {
  const { deps, connection, mailbox, settings, onWatching } = session;
  const open = (uidValidity: number): OpenMailbox => ({
    account: session.account(),
    connection,
    mailbox,
    uidValidity,
    maxEmailSizeBytes: settings.maxEmailSizeBytes,
  });
  if (position) {
    const cursor = await readNew(deps, open(position.uidValidity), position.cursor, end);
    return { ...position, cursor };
  }
  const status = await connection.examine(mailbox.path);
  const cursor = await catchUp(deps, open(status.uidValidity), status, end);
  onWatching();
  return { uidValidity: status.uidValidity, cursor };
}

async function waitForMail(
  { deps, settings, account, connection }: Watch,
  end: AbortSignal,
): Promise<void> {
  const startedMs = deps.clock.now();
  const maxMs = connection.supportsIdle
    ? account().server.idleMinutes * 60_000
    : settings.pollIntervalMs;
  await connection.waitForMail(maxMs, end);
  const isShort = deps.clock.now() - startedMs < SHORT_WAIT_MS;
  if (isShort && connection.announced === 0) await deps.clock.sleep(SHORT_WAIT_PAUSE_MS, end);
}
