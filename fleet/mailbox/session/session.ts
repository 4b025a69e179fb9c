import { findMailbox } from "../imap/find-mailbox.ts";
import { logIn, type LogInDeps, type LogInSettings } from "../login/log-in.ts";
import { renewToken } from "./renew-token.ts";
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
export type SessionDeps = WatchDeps & LogInDeps;
export type SessionSettings = WatchSettings &
  LogInSettings & {
    /** How long after a first refusal of credentials that may be good the second try comes. */
    confirmRefusalMs: number;
  };

/**
 * Runs until `signal` aborts, or until its access token is about to end and the next one is there: the next session
 * begins with that, and nobody is told. Rejects with ImapError when the server or the way to it fails, with
 * TokenError when the provider gives no access token.
 */
export async function runSession(
  deps: SessionDeps,
  settings: SessionSettings,
  user: WatchedUser,
  signal: AbortSignal,
): Promise<void> {
  const { connection: opened, renewAtMs } = await logIn(deps, settings, user.account(), signal);
  await using connection = opened;
  using renewal = renewAtMs === null ? null : renewToken(deps, user.account, renewAtMs);
  const end = renewal ? AbortSignal.any([signal, renewal.signal]) : signal;
  if (end.aborted) return;
  const stop = () => void connection[Symbol.asyncDispose]();
  end.addEventListener("abort", stop, { once: true });
  try {
    const mailbox = await findMailbox(deps, connection, {
      userId: user.account().userId,
      memory: user.memory,
    });
    await watchMailbox({ deps, settings, user, connection, mailbox }, end);
  } catch (error) {
    if (!end.aborted) throw error;
  } finally {
    end.removeEventListener("abort", stop);
  }
}
