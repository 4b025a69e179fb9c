import type { Db } from "../../db/client.ts";
import { readWatchedUsers } from "../../db/users/watched-users.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { repeat, type Repetition } from "../../shared/concurrency/repeat.ts";
import type { StoredHeartbeat } from "./heartbeat.ts";
import type { Roster } from "./roster.ts";
import type { Owners } from "./rendezvous.ts";
import { computeShare, type View } from "./share.ts";
import type { UserFeed } from "./user-feed.ts";

export type WatchedUser = Awaited<ReturnType<typeof readWatchedUsers>>[number];

/** The users that this instance watches. */
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
  /**
   * How long the roster must stay the same before this instance claims users of another instance.
   */
  claimDelayMs: number;
}

/** How many users one query reads from the database. */
const READ_CHUNK = 500;

/**
 * Watches exactly the users that the roster and the user list assign to this instance. Runs when
 * the roster changes, on `wake()`, and regularly, because a poke may be lost. Claims and releases
 * users only while the roster surely counts this instance as alive.
 *
 * @param onBalanced Called after each run, with the number of users that no instance has capacity
 *   for.
 */
export function createAssignment(
  deps: AssignmentDeps,
  settings: AssignmentSettings,
  onBalanced: (unassigned: number) => void,
): Repetition {
  const { clock, feed, holder, roster } = deps;
  const { instanceId, claimDelayMs } = settings;
  /** Users whose changed settings have not been read yet; kept when a run fails. */
  const changed = new Set<string>();
  let view: View | undefined;
  let owners: Owners | undefined;
  /**
   * Aborts when the service stops. The timer for delayed claims may outlive the run that started
   * it.
   */
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

  /**
   * Releases the users that now belong to other instances. Unlike a regular run, does not wait for
   * Postgres.
   */
  const giveUp = (cutOffView: View) => {
    const now = { nowMs: clock.monotonic(), claimDelayMs, known: owners };
    const { owned } = computeShare(instanceId, feed.users(), cutOffView, now);
    for (const userId of holder.userIds()) if (!owned.has(userId)) holder.release(userId);
  };

  const balance = async (signal: AbortSignal, goesOn: () => void) => {
    // Before the first heartbeat, it is not known which instances are alive.
    if (!view || roster.standing() !== "claiming") return;
    for (const userId of await feed.refresh()) changed.add(userId);
    if (signal.aborted) return;
    const now = { nowMs: clock.monotonic(), claimDelayMs, known: owners };
    const share = computeShare(instanceId, feed.users(), view, now);
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

/**
 * Returns the instances that counted as alive before this one joined. Includes this one if its
 * users waited for its restart.
 */
function firstView(roster: AssignmentDeps["roster"], instanceId: string): StoredHeartbeat[] {
  const others = roster.live().filter((other) => other.instanceId !== instanceId);
  return roster.isReturning() ? [...roster.live()] : others;
}
