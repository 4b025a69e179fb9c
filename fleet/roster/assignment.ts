import type { Db } from "../../db/client.ts";
import { readWatchedUsers } from "../../db/users/watched-users.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { repeat, type Repetition } from "../../shared/concurrency/repeat.ts";
import type { StoredHeartbeat } from "./heartbeat.ts";
import type { Roster } from "./roster.ts";
import type { Owners } from "./rendezvous.ts";
import { shareOf, type View } from "./share.ts";
import type { UserFeed } from "./user-feed.ts";

export type WatchedUser = Awaited<ReturnType<typeof readWatchedUsers>>[number];

/** Where users are watched. */
export interface Holder {
  has(userId: string): boolean;
  userIds(): string[];
  watch(user: WatchedUser): void;
  release(userId: string): void;
}

export interface AssignmentDeps {
  db: Db;
  clock: Clock;
  log: Log;
  feed: UserFeed;
  holder: Holder;
  roster: Pick<Roster, "live" | "standing" | "isCutOff" | "isReturning" | "onChange">;
}

export interface AssignmentSettings {
  instanceId: string;
  intervalMs: number;
  /** How long the view must be stable before users are claimed that another may still watch. */
  claimDelayMs: number;
}

/** How many users are read from the database at a time. */
const READ_CHUNK = 500;

/**
 * Keeps what this instance holds equal to what the roster and the users say it should hold. Woken by
 * every change, and looks by itself in case a poke was lost. An instance that is not sure of its
 * place in the roster neither takes nor lets go.
 *
 * @param onBalanced Called after each look, with how many users nobody has room for.
 */
export function createAssignment(
  deps: AssignmentDeps,
  settings: AssignmentSettings,
  onBalanced: (unassigned: number) => void,
): Repetition {
  const { clock, feed, holder, roster } = deps;
  const { instanceId, claimDelayMs } = settings;
  /** Users whose settings changed and were not read since; a failed look forgets none. */
  const changed = new Set<string>();
  let view: View | undefined;
  let owners: Owners | undefined;
  /** Outlives the look that waits for a claim. */
  let stopped = AbortSignal.abort();

  roster.onChange(() => {
    const live = roster.live();
    view = {
      live,
      before: view?.live ?? firstView(roster, instanceId),
      changedAtMs: clock.monotonic(),
    };
    if (roster.isCutOff()) giveUp(view);
    balancing.wake();
  });

  /** What is the others' by now is let go at once: the look that would find it begins with a question to Postgres. */
  const giveUp = (cutOffView: View) => {
    const now = { nowMs: clock.monotonic(), claimDelayMs, known: owners };
    const { owned } = shareOf(instanceId, feed.users(), cutOffView, now);
    for (const userId of holder.userIds()) if (!owned.has(userId)) holder.release(userId);
  };

  const balance = async (signal: AbortSignal, goesOn: () => void) => {
    // Nobody is alive before the first heartbeat: then nothing is known, and nothing is let go.
    if (!view || roster.standing() !== "claiming") return;
    for (const userId of await feed.refresh()) changed.add(userId);
    if (signal.aborted) return;
    const now = { nowMs: clock.monotonic(), claimDelayMs, known: owners };
    const share = shareOf(instanceId, feed.users(), view, now);
    const { owned, claimable, unassigned } = share;
    owners = share.owners;
    for (const userId of holder.userIds()) if (!owned.has(userId)) holder.release(userId);
    for (const userId of changed) if (!owned.has(userId)) changed.delete(userId);
    const wanted = [...owned].filter((userId) =>
      holder.has(userId) ? changed.has(userId) : claimable.has(userId),
    );
    await take(wanted, goesOn);
    if (claimable.size < owned.size) void clock.sleep(claimDelayMs, stopped).then(balancing.wake);
    onBalanced(unassigned);
  };

  const take = async (wanted: readonly string[], goesOn: () => void) => {
    for (let i = 0; i < wanted.length; i += READ_CHUNK) {
      const chunk = wanted.slice(i, i + READ_CHUNK);
      for (const user of await readWatchedUsers(deps.db, chunk)) holder.watch(user);
      for (const userId of chunk) changed.delete(userId);
      goesOn();
    }
  };

  const balancing = repeat(deps, {
    name: "assignment",
    everyMs: settings.intervalMs,
    work: balance,
  });
  return {
    wake: balancing.wake,
    run(signal) {
      stopped = signal;
      return balancing.run(signal);
    },
  };
}

/** What we must take the roster for before we were in it: with us, if our users waited for us. */
function firstView(roster: AssignmentDeps["roster"], instanceId: string): StoredHeartbeat[] {
  const others = roster.live().filter((other) => other.instanceId !== instanceId);
  return roster.isReturning() ? [...roster.live()] : others;
}
