import { type Account, needsNewLogin } from "./account.ts";
import type { SessionDeps, SessionSettings } from "./session.ts";
import { watchUser } from "./watch-user.ts";

/** The users that this process watches. */
export interface Sessions extends AsyncDisposable {
  readonly size: number;
  has(userId: string): boolean;
  userIds(): string[];
  /** Begins to watch a user, or takes over what changed; logs in again only where it must. */
  watch(account: Account): void;
  release(userId: string): void;
}

interface Session {
  account: Account;
  stop: AbortController;
  ended: Promise<void>;
}

/** A login under way takes longer than a logout; nobody waits for it. */
const LOGOUT_TIMEOUT_MS = 6_000;

export function createSessions(deps: SessionDeps, settings: SessionSettings): Sessions {
  const sessions = new Map<string, Session>();
  /** Logging out takes a moment; a new session of the same user does not wait for it. */
  const leaving = new Set<Promise<void>>();

  const start = (account: Account) => {
    const stop = new AbortController();
    const session: Session = { account, stop, ended: Promise.resolve() };
    session.ended = watchUser(deps, settings, () => session.account, stop.signal);
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
    watch(account) {
      const session = sessions.get(account.userId);
      if (session && !needsNewLogin(session.account, account)) {
        session.account = account;
        return;
      }
      release(account.userId);
      start(account);
    },
    release,
    async [Symbol.asyncDispose]() {
      for (const userId of sessions.keys()) release(userId);
      const left = new AbortController();
      void Promise.allSettled(leaving).then(() => left.abort());
      await deps.clock.sleep(LOGOUT_TIMEOUT_MS, left.signal);
    },
  };
}
