import * as v from "valibot";

export const ROLES = ["imap", "webhook", "all"] as const;

/**
 * What an instance reports about itself in the bucket FLEET under `node.<id>`, as JSON.
 *
 *   up          holds its share of the users
 *   draining    leaves: watches its users until their new owners do
 *   restarting  returns under the same id: its users stay its own for `grace_ms`
 */
export const heartbeat = v.object({
  role: v.picklist(ROLES),
  state: v.picklist(["up", "draining", "restarting"]),
  /** How many users the instance can watch; 0 for the webhook role. */
  capacity: v.number(),
  users_held: v.number(),
  grace_ms: v.optional(v.number(), 0),
  /**
   * `silent_ms`: the time since the instance sent the last query that Postgres answered.
   * `answering_ms`: how long Postgres has answered without a pause. Missing in earlier versions.
   */
  database: v.optional(v.object({ silent_ms: v.number(), answering_ms: v.number() })),
  /**
   * The random name of the process. Distinguishes processes with the same instance id. Missing in
   * earlier versions.
   */
  process: v.optional(v.string()),
  /** Only for display. Missing in earlier versions. */
  version: v.optional(v.string()),
  region: v.optional(v.string()),
  nats_version: v.optional(v.string()),
});
export type Heartbeat = v.InferOutput<typeof heartbeat>;

/** A heartbeat as the NATS server stored it. */
export interface StoredHeartbeat {
  instanceId: string;
  /** The time on the NATS server's clock. Clocks of different machines are never compared. */
  createdMs: number;
  heartbeat: Heartbeat;
  /**
   * Whether Postgres answers others but not this instance. Computed from all heartbeats together.
   */
  isCutOff?: boolean;
}

/** Returns the key of an instance's heartbeat in the bucket. */
export const heartbeatKey = (instanceId: string) => `node.${instanceId}`;
/** Returns the instance id in the key of a heartbeat. */
export const parseInstanceId = (key: string) => key.slice("node.".length);

/**
 * Returns whether an instance counts as alive at this server time. Its last heartbeat must be
 * younger than the TTL, or than the announced grace if the instance restarts.
 */
export function waitsFor(
  { createdMs, heartbeat: { state, grace_ms } }: StoredHeartbeat,
  serverNowMs: number,
  ttlMs: number,
): boolean {
  return serverNowMs - createdMs < (state === "restarting" ? grace_ms : ttlMs);
}

/**
 * Returns the live instances, sorted by id, so that all instances see the same list. Uses only the
 * server's timestamps: "now" is the time of our last heartbeat.
 */
export function liveInstances(
  stored: Iterable<StoredHeartbeat>,
  ownId: string,
  ttlMs: number,
): StoredHeartbeat[] {
  const all = [...stored];
  const own = all.find(({ instanceId }) => instanceId === ownId);
  if (!own) return [];
  return all.filter((other) => waitsFor(other, own.createdMs, ttlMs)).toSorted(byId);
}

const byId = (a: StoredHeartbeat, b: StoredHeartbeat) => (a.instanceId < b.instanceId ? -1 : 1);

/**
 * Joins two views: takes the newer heartbeat of each instance. Used while it is unclear which
 * instances are alive, so that none is dropped.
 */
export function joinViews(
  before: readonly StoredHeartbeat[],
  now: readonly StoredHeartbeat[],
): StoredHeartbeat[] {
  const known = new Set(now.map(({ instanceId }) => instanceId));
  return [...before.filter(({ instanceId }) => !known.has(instanceId)), ...now].toSorted(byId);
}

/** Returns whether users are distributed to this instance. */
export const holdsMailboxes = ({ heartbeat: { role, state } }: StoredHeartbeat) =>
  role !== "webhook" && state !== "draining";

/**
 * Returns whether lanes are distributed to this instance. An instance that restarts gets none:
 * moving a lane costs nothing.
 */
export const delivers = ({ heartbeat: { role, state } }: StoredHeartbeat) =>
  role !== "imap" && state === "up";

/** Returns whether the instance runs now, and so may still watch a user that we want to claim. */
export const isWatching = (stored: StoredHeartbeat) =>
  holdsMailboxes(stored) && stored.heartbeat.state === "up";

/**
 * Returns as text what the distribution of users and lanes depends on. Use the text only for
 * comparisons.
 */
export const toMembershipKey = (live: readonly StoredHeartbeat[]) =>
  JSON.stringify(
    live.map(({ instanceId, isCutOff, heartbeat: { role, state, capacity } }) => [
      instanceId,
      role,
      state,
      capacity,
      isCutOff,
    ]),
  );
