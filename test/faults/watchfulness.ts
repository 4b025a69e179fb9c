import { eventually } from "../harness/eventually.ts";
import type { TestImapServer } from "../imap-server/imap-server.ts";
import { ImapServerEvent } from "../imap-server/sessions/server-event.ts";

/** Measures at the mail server whether the fleet watches the users. */
export interface Watchfulness {
  /**
   * Waits until each of these users has been in IDLE and is still connected. Returns how long this
   * took, in ms.
   */
  untilAllWatched(logins: readonly string[], timeoutMs?: number): Promise<number>;
  /** Forgets all logins and gaps (times without a connection) up to now. */
  reset(): void;
  /**
   * Returns the longest time, in ms, for which one of these users (default: all) had no connection.
   * Counts only gaps that ended with a login since the last reset.
   */
  longestGapMs(logins?: readonly string[]): number;
  /** Returns how often this user has logged in since the last reset. */
  logins(login: string): number;
  /** Returns the highest number of logins within one second, since the last reset. */
  busiestSecond(): number;
}

export function watchConnections(imap: TestImapServer): Watchfulness {
  const connections = new Map<string, number>();
  const goneAtMs = new Map<string, number>();
  const loginCounts = new Map<string, number>();
  let loginsAtMs: number[] = [];
  const longestMs = new Map<string, number>();

  imap.events.addEventListener("login", (event) => {
    const login = readLogin(event);
    if (login === undefined) return;
    loginsAtMs.push(performance.now());
    connections.set(login, (connections.get(login) ?? 0) + 1);
    loginCounts.set(login, (loginCounts.get(login) ?? 0) + 1);
    const gone = goneAtMs.get(login);
    const gapMs = gone === undefined ? 0 : performance.now() - gone;
    longestMs.set(login, Math.max(longestMs.get(login) ?? 0, gapMs));
    goneAtMs.delete(login);
  });
  imap.events.addEventListener("disconnect", (event) => {
    const login = readLogin(event);
    if (login === undefined) return;
    const left = (connections.get(login) ?? 1) - 1;
    connections.set(login, left);
    if (left === 0) goneAtMs.set(login, performance.now());
  });

  return {
    async untilAllWatched(logins, timeoutMs = 60_000) {
      const startMs = performance.now();
      // It is enough that each user has been in IDLE once. While mail arrives, the fleet always
      // reads some mailbox, so the users are never all in IDLE at once.
      const waiting = new Set(logins);
      const areWatched = () => {
        for (const login of logins) {
          if (goneAtMs.has(login)) waiting.add(login);
          else if (imap.idleCount(login) > 0) waiting.delete(login);
        }
        return waiting.size === 0 ? true : undefined;
      };
      await eventually("all users to be watched", areWatched, timeoutMs);
      return performance.now() - startMs;
    },
    reset() {
      loginCounts.clear();
      loginsAtMs = [];
      longestMs.clear();
    },
    longestGapMs: (logins = [...longestMs.keys()]) =>
      Math.max(0, ...logins.map((login) => longestMs.get(login) ?? 0)),
    logins: (login) => loginCounts.get(login) ?? 0,
    busiestSecond: () =>
      Math.max(
        0,
        ...loginsAtMs.map(
          (from) => loginsAtMs.filter((at) => at >= from && at < from + 1_000).length,
        ),
      ),
  };
}

const readLogin = (event: Event) => (event instanceof ImapServerEvent ? event.login : undefined);
