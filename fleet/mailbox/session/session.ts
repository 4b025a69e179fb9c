import { INBOX } from "../imap/choose-mailbox.ts";
import { logIn, type LogInDeps, type LogInSettings } from "../login/log-in.ts";
import { TokenRenewal } from "./renew-token.ts";
import type { MailboxUser, Watch, WatchDeps, WatchSettings } from "./watching/watch.ts";
import { watchMailbox, type WatchState } from "./watching/watch-mailbox.ts";

export type SessionDeps = WatchDeps & LogInDeps;
export type SessionSettings = WatchSettings &
  LogInSettings & {
    /** Delay of the second try when a server refuses credentials that may be good. */
    confirmRefusalMs: number;
  };

export interface SessionUser extends MailboxUser {
  /** Called when the user's next access token is available. The session must then end. */
  wake(): void;
}

/** An open session: a logged-in connection, and how far its mailbox is read. */
export interface UserSession extends WatchState {
  watch: Watch;
  /** Null when the session has no access token. */
  renewal: TokenRenewal | null;
}

/**
 * Runs one session of a user with an IMAP server:
 *
 *   connect → log in → choose the mailbox → EXAMINE → catch up → wait → read what is new → wait → …
 *
 * Returns the session when an IdleWatch watches the mailbox (`session.idle`). Call this again with
 * the session when the watch has ended, or when there is other work. A session in between costs
 * little memory: no function waits, and there is no signal.
 *
 * Returns null when the session has ended. It ends when `signal` aborts, or when the access token is
 * about to expire and the next one is available. The next session then begins with the new token,
 * and no event is sent. Each session begins from the recorded cursor.
 *
 * Failures of our own services (Postgres, NATS) do not end a session: the mail waits in its
 * mailbox, and the connection stays open. So our outage causes no flood of logins at the mail
 * servers.
 *
 * @param idle The session that an earlier call returned; null to log in.
 * @throws {ImapError} when the server or the connection to it fails.
 * @throws {TokenError} when the provider gives no access token.
 */
export async function runSession(
  idle: UserSession | null,
  { deps, settings, user }: SessionOwner,
  signal: AbortSignal,
): Promise<UserSession | null> {
  const session = idle ?? (await openSession({ deps, settings, user }, signal));
  const { watch, renewal } = session;
  const end = renewal ? AbortSignal.any([signal, renewal.done]) : signal;
  const stop = () => void watch.connection[Symbol.asyncDispose]();
  end.addEventListener("abort", stop, { once: true });
  try {
    if (end.aborted) stop();
    await watchMailbox(watch, session, end);
  } catch (error) {
    if (!end.aborted) throw error;
  } finally {
    end.removeEventListener("abort", stop);
    renewal?.dropSignal();
    if (session.idle === null) await closeSession(session);
  }
  return session.idle && session;
}

interface SessionOwner {
  deps: SessionDeps;
  settings: SessionSettings;
  user: SessionUser;
}

async function openSession(
  { deps, settings, user }: SessionOwner,
  signal: AbortSignal,
): Promise<UserSession> {
  const { connection, renewAtMs } = await logIn(deps, settings, user.account(), signal);
  return {
    watch: { deps, settings, user, connection, mailbox: INBOX },
    renewal: renewAtMs === null ? null : new TokenRenewal(deps, user, renewAtMs),
    position: null,
    renumberings: 0,
    isChosen: false,
    idle: null,
  };
}

async function closeSession({ watch, renewal }: UserSession): Promise<void> {
  renewal?.[Symbol.dispose]();
  await watch.connection[Symbol.asyncDispose]();
}
