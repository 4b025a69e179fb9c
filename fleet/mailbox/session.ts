import type { SecureContext } from "node:tls";
import type { Semaphore } from "../../shared/semaphore.ts";
import type { Opener } from "../../shared/vault.ts";
import type { Account } from "./account.ts";
import { chooseMailbox } from "./choose-mailbox.ts";
import type { ImapTimeouts } from "./imap-client.ts";
import { connectImap, type ImapConnection } from "./imap-connection.ts";
import type { LoginGate } from "./login-gate.ts";
import {
  type WatchDeps,
  type WatchedUser,
  watchMailbox,
  type WatchSettings,
} from "./watch-mailbox.ts";

/**
 * One user's life with an IMAP server, crash-only: whatever goes wrong with the server ends the
 * session, and the next one begins from the recorded cursor.
 *
 *   connect → log in → choose the mailbox → EXAMINE → catch up → wait → read what is new → wait → …
 *
 * Trouble of our own (Postgres, NATS) does not end it: the mail waits in its mailbox, and the
 * connection is kept, so that an outage here is no storm of logins there.
 */
export interface SessionDeps extends WatchDeps {
  mailboxVault: Opener;
  loginGate: LoginGate;
  /** Places for users that log in at one time. */
  logins: Semaphore;
  secureContext: SecureContext;
}

export interface SessionSettings extends WatchSettings {
  timeouts: ImapTimeouts;
}

/** Room for what surrounds a message in a response. */
const LITERAL_MARGIN_BYTES = 64 * 1_024;

/** Runs until `signal` aborts. Rejects with ImapError when the server or the way to it fails. */
export async function runSession(
  deps: SessionDeps,
  settings: SessionSettings,
  user: WatchedUser,
  signal: AbortSignal,
): Promise<void> {
  await using connection = await logIn(deps, settings, user.account(), signal);
  if (signal.aborted) return;
  const stop = () => void connection[Symbol.asyncDispose]();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const mailbox = chooseMailbox(await connection.list());
    await watchMailbox({ deps, settings, user, connection, mailbox }, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

export async function logIn(
  deps: SessionDeps,
  settings: SessionSettings,
  { username, sealedPassword, server, userId }: Account,
  signal: AbortSignal,
): Promise<ImapConnection> {
  await deps.loginGate.pass(server.host, server.loginRate, signal);
  using _place = await deps.logins.acquire(signal);
  const options = {
    server,
    credentials: {
      username,
      password: await deps.mailboxVault.open(`users/${userId}/login_password`, sealedPassword),
    },
    secureContext: deps.secureContext,
    maxLiteralBytes: settings.maxEmailSizeBytes + LITERAL_MARGIN_BYTES,
    timeouts: settings.timeouts,
  };
  return connectImap(options, signal);
}
