import { findMailbox } from "../imap/find-mailbox.ts";
import { logIn, type LogInDeps, type LogInSettings } from "../login/log-in.ts";
import { renewToken } from "./renew-token.ts";
import type { MailboxUser, WatchDeps, WatchSettings } from "./watching/watch.ts";
import { watchMailbox } from "./watching/watch-mailbox.ts";

export type SessionDeps = WatchDeps & LogInDeps;
export type SessionSettings = WatchSettings &
  LogInSettings & {
    /** Delay of the second try when a server refuses credentials that may be good. */
    confirmRefusalMs: number;
  };

/**
 * Runs one session of a user with an IMAP server:
 *
 *   connect → log in → choose the mailbox → EXAMINE → catch up → wait → read what is new → wait → …
 *
 * Runs until `signal` aborts, or until the access token is about to expire and the next one is
 * available. The next session then begins with the new token, and no event is sent. Each session
 * begins from the recorded cursor.
 *
 * Failures of our own services (Postgres, NATS) do not end a session: the mail waits in its
 * mailbox, and the connection stays open. So our outage causes no flood of logins at the mail
 * servers.
 *
 * @throws {ImapError} when the server or the connection to it fails.
 * @throws {TokenError} when the provider gives no access token.
 */
export async function runSession(
  deps: SessionDeps,
  settings: SessionSettings,
  user: MailboxUser,
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
