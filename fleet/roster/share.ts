import { notCutOff } from "./cut-off.ts";
import { holdsMailboxes, isWatching, type StoredHeartbeat } from "./heartbeat.ts";
import { assignOwners, type Owners } from "./rendezvous.ts";

/** Users by id, with the hashes of the ids, in an order that is the same in every process. */
export interface UserList {
  ids: readonly string[];
  hashes: Uint32Array;
}

/** The roster now and before its last change, and when it changed. */
export interface View {
  live: readonly StoredHeartbeat[];
  before: readonly StoredHeartbeat[];
  /** When the roster changed last, on a monotonic clock. */
  changedAtMs: number;
}

/** The users that one instance should watch. */
export interface Share {
  /** All users of this instance. */
  owned: ReadonlySet<string>;
  /** The owned users that the instance may claim now. */
  claimable: ReadonlySet<string>;
  /** Number of users that no instance has capacity for. */
  unassigned: number;
  /** Pass them to the next call of `computeShare()`, which then computes only the changes. */
  owners: Owners;
}

/**
 * Computes one instance's share. A user whose previous owner is gone or drains is claimed at once.
 * If that owner still runs, the user is claimed after the view was stable for `claimDelayMs`. By
 * then, that owner has logged out.
 */
export function computeShare(
  instanceId: string,
  { ids, hashes }: UserList,
  view: View,
  {
    nowMs,
    claimDelayMs,
    known,
  }: { nowMs: number; claimDelayMs: number; known?: Owners | undefined },
): Share {
  const bins = toBins(view.live);
  const self = bins.findIndex(({ id }) => id === instanceId);
  const assigned = assignOwners(hashes, bins, known);
  const { owners } = assigned;
  const isSettled = nowMs - view.changedAtMs >= claimDelayMs;
  const binsBefore = toBins(view.before);
  const ownersBefore = isSettled ? null : assignOwners(hashes, binsBefore, assigned).owners;
  const others = new Set(view.live.filter(isWatching).map((other) => other.instanceId));
  others.delete(instanceId);

  const owned = new Set<string>();
  const claimable = new Set<string>();
  let unassigned = 0;
  for (const [i, userId] of ids.entries()) {
    if (owners[i] === -1) unassigned++;
    if (self < 0 || owners[i] !== self) continue;
    owned.add(userId);
    const ownerBefore = ownersBefore && binsBefore[ownersBefore[i] ?? -1]?.id;
    if (!ownerBefore || !others.has(ownerBefore)) claimable.add(userId);
  }
  return { owned, claimable, unassigned, owners: assigned };
}

const toBins = (instances: readonly StoredHeartbeat[]) =>
  notCutOff(instances.filter(holdsMailboxes)).map(({ instanceId, heartbeat }) => ({
    id: instanceId,
    capacity: heartbeat.capacity,
  }));
