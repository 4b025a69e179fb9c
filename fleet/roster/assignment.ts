import type { Db } from "../../db/client.ts";
import { readWatchedUsers } from "../../db/watched-users.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { repeat, type Repetition } from "../../shared/repeat.ts";
import { holdsMailboxes, type StoredHeartbeat } from "./heartbeat.ts";
import { assignOwners } from "./rendezvous.ts";
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
  live(): readonly StoredHeartbeat[];
}

/** How many users are read from the database at a time. */
const READ_CHUNK = 500;

/**
 * Keeps what this instance holds equal to what the roster and the users say it should hold. Woken by
 * every change, and looks by itself in case a poke was lost.
 *
 * @param onBalanced Called after each look, with how many users nobody has room for.
 */
export function createAssignment(
  deps: AssignmentDeps,
  settings: { instanceId: string; intervalMs: number },
  onBalanced: (unassigned: number) => void,
): Repetition {
  /** Users whose settings changed and were not read since; a failed look forgets none. */
  const changed = new Set<string>();

  const balance = async () => {
    // Nobody is alive before the first heartbeat: then nothing is known, and nothing is let go.
    if (deps.live().length === 0) return;
    for (const userId of await deps.feed.refresh()) changed.add(userId);
    const { owned, unassigned } = ownedUsers(deps, settings.instanceId);
    for (const userId of deps.holder.userIds()) if (!owned.has(userId)) deps.holder.release(userId);
    for (const userId of changed) if (!owned.has(userId)) changed.delete(userId);
    const wanted = [...owned].filter((userId) => changed.has(userId) || !deps.holder.has(userId));
    for (let i = 0; i < wanted.length; i += READ_CHUNK) {
      const chunk = wanted.slice(i, i + READ_CHUNK);
      for (const user of await readWatchedUsers(deps.db, chunk)) deps.holder.watch(user);
      for (const userId of chunk) changed.delete(userId);
    }
    onBalanced(unassigned);
  };

  return repeat(deps, { name: "assignment", everyMs: settings.intervalMs, work: balance });
}

function ownedUsers({ feed, live }: AssignmentDeps, instanceId: string) {
  const bins = live()
    .filter(holdsMailboxes)
    .map((stored) => ({ id: stored.instanceId, capacity: stored.heartbeat.capacity }));
  const self = bins.findIndex(({ id }) => id === instanceId);
  const { ids, hashes } = feed.users();
  const owners = assignOwners(hashes, bins);
  const owned = new Set(ids.filter((_, i) => owners[i] === self && self >= 0));
  return { owned, unassigned: owners.filter((owner) => owner === -1).length };
}
