import { type Account, needsNewLogin } from "../login/account.ts";
import { IdleWatches } from "../imap/idle/idle-watches.ts";
import type { LostMail } from "./refetches.ts";
import type { SessionDeps, SessionSettings } from "./session.ts";
import { UserWatch } from "./user-watch.ts";

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

/** Disposing waits for the sessions to end: at most the logout deadline plus this time. */
const LOGOUT_MARGIN_MS = 1_000;

/** Creates the sessions of one process. Disposing of them logs all users out. */
export function createSessions(
  deps: Omit<SessionDeps, "idleWatches">,
  settings: SessionSettings,
): Sessions {
  const idleWatches = new IdleWatches(deps.clock, deps.turns);
  const sessionDeps = { ...deps, idleWatches };
  const users = new Map<string, UserWatch>();
  /** Sessions that are logging out. A new session of the same user does not wait for them. */
  const leaving = new Set<Promise<void>>();

  const release = (userId: string) => {
    const user = users.get(userId);
    if (!user) return;
    users.delete(userId);
    const left = user.stop().finally(() => leaving.delete(left));
    leaving.add(left);
  };

  return {
    get size() {
      return users.size;
    },
    has: (userId) => users.has(userId),
    userIds: () => [...users.keys()],
    accounts: () => [...users.values()].map((user) => user.account()),
    watch(account) {
      const user = users.get(account.userId);
      if (user && !needsNewLogin(user.account(), account)) return user.change(account);
      release(account.userId);
      users.set(account.userId, new UserWatch(sessionDeps, settings, account));
    },
    release,
    refetch: (userId, mails) => users.get(userId)?.refetch(mails),
    async [Symbol.asyncDispose]() {
      for (const userId of users.keys()) release(userId);
      const left = new AbortController();
      void Promise.allSettled(leaving).then(() => left.abort());
      await deps.clock.sleep(settings.timeouts.logoutMs + LOGOUT_MARGIN_MS, left.signal);
      idleWatches[Symbol.dispose]();
    },
  };
}
