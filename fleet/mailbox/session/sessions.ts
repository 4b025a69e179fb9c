import { type Account, needsNewLogin } from "../login/account.ts";
import { IdleWatches } from "../imap/idle/idle-watches.ts";
import type { LostMail } from "./refetches.ts";
import type { SessionDeps, SessionSettings } from "./session.ts";
import { newUserMemory, type UserMemory } from "./user-memory.ts";
import { watchUser } from "./watch-user.ts";

/** The users that this process watches. */
export interface Sessions extends AsyncDisposable {
  readonly size: number;
  has(userId: string): boolean;
  userIds(): string[];
  /** Returns the account that each session uses. */
  accounts(): Account[];
  /**
   * Begins to watch a user. If the user is watched already, the session uses the changed account
   * from now on. It logs in again only if a change requires this.
   */
  watch(account: Account): void;
  release(userId: string): void;
  /**
   * Publishes lost mail again from the user's mailbox, with the same event id. Mail that the
   * session cannot find is recorded as lost for good. Does nothing for a user who is not watched
   * here. The request is lost when the process ends, so repeat the call until the mails are
   * recorded.
   */
  refetch(userId: string, mails: readonly LostMail[]): void;
}

interface Session {
  account: Account;
  memory: UserMemory;
  stop: AbortController;
  ended: Promise<void>;
}

/** Disposing waits for the sessions to end: at most the logout deadline plus this time. */
const LOGOUT_MARGIN_MS = 1_000;

/** Creates the sessions of one process. Disposing of them logs all users out. */
export function createSessions(
  deps: Omit<SessionDeps, "idleWatches">,
  settings: SessionSettings,
): Sessions {
  const idleWatches = new IdleWatches(deps.clock, deps.turns);
  const sessions = new Map<string, Session>();
  /** Sessions that are logging out. A new session of the same user does not wait for them. */
  const leaving = new Set<Promise<void>>();

  const start = (account: Account) => {
    const stop = new AbortController();
    const memory = newUserMemory();
    const session: Session = { account, memory, stop, ended: Promise.resolve() };
    session.ended = watchUser(
      { ...deps, idleWatches },
      settings,
      { account: () => session.account, memory },
      stop.signal,
    );
    sessions.set(account.userId, session);
  };

  const release = (userId: string) => {
    const session = sessions.get(userId);
    if (!session) return;
    sessions.delete(userId);
    session.stop.abort();
    const left = session.ended.finally(() => leaving.delete(left));
    leaving.add(left);
  };

  return {
    get size() {
      return sessions.size;
    },
    has: (userId) => sessions.has(userId),
    userIds: () => [...sessions.keys()],
    accounts: () => [...sessions.values()].map(({ account }) => account),
    watch(account) {
      const session = sessions.get(account.userId);
      if (session && !needsNewLogin(session.account, account)) {
        session.account = account;
        if (account.harm === null) session.memory.endPause();
        return;
      }
      release(account.userId);
      start(account);
    },
    release,
    refetch: (userId, mails) => sessions.get(userId)?.memory.refetches.add(mails),
    async [Symbol.asyncDispose]() {
      for (const userId of sessions.keys()) release(userId);
      const left = new AbortController();
      void Promise.allSettled(leaving).then(() => left.abort());
      await deps.clock.sleep(settings.timeouts.logoutMs + LOGOUT_MARGIN_MS, left.signal);
      idleWatches[Symbol.dispose]();
    },
  };
}
