import * as v from "valibot";

export const ROLES = ["imap", "webhook", "all"] as const;

/**
 * What an instance says of itself in the bucket FLEET under `node.<id>`, as JSON.
 *
 *   up          takes its share
 *   draining    leaves: its users are the others', though it still watches them until they do
 *   restarting  will be back under the same id: its users stay its own for `grace_ms`
 */
export const heartbeat = v.object({
  role: v.picklist(ROLES),
  state: v.picklist(["up", "draining", "restarting"]),
  /** Users it can hold; 0 for the webhook role. */
  capacity: v.number(),
  users_held: v.number(),
  grace_ms: v.optional(v.number(), 0),
  /** How long ago Postgres was asked what it answered last, and since when it answers; an older instance does not say. */
  database: v.optional(v.object({ silent_ms: v.number(), answering_ms: v.number() })),
  /** Which process of this id it is; an older instance does not say. */
  process: v.optional(v.string()),
  /** For people to look at; an older instance says none of them. */
  version: v.optional(v.string()),
  region: v.optional(v.string()),
  nats_version: v.optional(v.string()),
});
export type Heartbeat = v.InferOutput<typeof heartbeat>;

/** A heartbeat as the server stored it. */
export interface StoredHeartbeat {
  instanceId: string;
  /** The server's clock. No two machines' clocks are ever compared. */
  createdMs: number;
  heartbeat: Heartbeat;
  /** Judged by all heartbeats together: Postgres does not answer it, and answers others. */
  isCutOff?: boolean;
}

export const heartbeatKey = (instanceId: string) => `node.${instanceId}`;
export const instanceOf = (key: string) => key.slice("node.".length);

/** Whether an instance counts as alive at this time of the server: it was heard of within the TTL, or its grace. */
export function waitsFor(
  { createdMs, heartbeat: { state, grace_ms } }: StoredHeartbeat,
  serverNowMs: number,
  ttlMs: number,
): boolean {
  return serverNowMs - createdMs < (state === "restarting" ? grace_ms : ttlMs);
}

/**
 * Who is alive, judged by the server's timestamps only, with our own last heartbeat for "now".
 * Sorted by id, so that all see the same list.
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

/** Both views at once, the newer heartbeat of each: nobody is given up while it is unclear who is there. */
export function joinViews(
  before: readonly StoredHeartbeat[],
  now: readonly StoredHeartbeat[],
): StoredHeartbeat[] {
  const known = new Set(now.map(({ instanceId }) => instanceId));
  return [...before.filter(({ instanceId }) => !known.has(instanceId)), ...now].toSorted(byId);
}

/** Users are shared out over these. */
export const holdsMailboxes = ({ heartbeat: { role, state } }: StoredHeartbeat) =>
  role !== "webhook" && state !== "draining";

/** Lanes are shared out over these: a lane costs nothing to move, so a restart gives them away. */
export const delivers = ({ heartbeat: { role, state } }: StoredHeartbeat) =>
  role !== "imap" && state === "up";

/** Works now, and so may have a user that we are to claim. */
export const isWatching = (stored: StoredHeartbeat) =>
  holdsMailboxes(stored) && stored.heartbeat.state === "up";
