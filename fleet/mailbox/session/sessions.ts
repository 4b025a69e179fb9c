import { type Account, needsNewLogin } from "../login/account.ts";
import type { LostMail } from "./refetches.ts";
import type { SessionDeps, SessionSettings } from "./session.ts";
import { newUserMemory, type UserMemory } from "./user-memory.ts";
import { watchUser } from "./watch-user.ts";

/** The users that this process watches. */
export interface Sessions extends AsyncDisposable {
  readonly size: number;
  has(userId: string): boolean;
  userIds(): string[];
  /** What each session knows of its user. */
  accounts(): Account[];
  /** Begins to watch a user, or takes over what changed; logs in again only where it must. */
  watch(account: Account): void;
  release(userId: string): void;
  /**
   * Publishes mail again whose event was lost, under the same id, from the user's own mailbox. What
   * the session cannot find any more is recorded as skipped. Does nothing for a user who is not
   * watched here, and forgets the mails when the process ends: ask again until they are recorded.
   */
  refetch(userId: string, mails: readonly LostMail[]): void;
}

interface Session {
  account: Account;
  memory: UserMemory;
  stop: AbortController;
  ended: Promise<void>;
}

/** What a session may still do after its logout: nobody waits longer for it. */
const LOGOUT_MARGIN_MS = 1_000;

export function createSessions(deps: SessionDeps, settings: SessionSettings): Sessions {
  const sessions = new Map<string, Session>();
  /** Logging out takes a moment; a new session of the same user does not wait for it. */
  const leaving = new Set<Promise<void>>();

  const start = (account: Account) => {
    const stop = new AbortController();
    const memory = newUserMemory();
    const session: Session = { account, memory, stop, ended: Promise.resolve() };
    session.ended = watchUser(
      deps,
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
    },
  };
}
