import * as v from "valibot";

export const ROLES = ["imap", "webhook", "all"] as const;

/** What an instance says of itself in the bucket FLEET under `node.<id>`, as JSON. */
export const heartbeat = v.object({
  role: v.picklist(ROLES),
  state: v.picklist(["up", "draining", "restarting"]),
  /** Users it can hold; 0 for the webhook role. */
  capacity: v.number(),
  users_held: v.number(),
});
export type Heartbeat = v.InferOutput<typeof heartbeat>;

/** A heartbeat as the server stored it. */
export interface StoredHeartbeat {
  instanceId: string;
  /** The server's clock. No two machines' clocks are ever compared. */
  createdMs: number;
  heartbeat: Heartbeat;
}

export const heartbeatKey = (instanceId: string) => `node.${instanceId}`;
export const instanceOf = (key: string) => key.slice("node.".length);

/**
 * Who is alive, judged by the server's timestamps only: an instance whose last heartbeat is less
 * than `ttlMs` older than our own last one. Sorted by id, so that all see the same list.
 */
export function liveInstances(
  stored: Iterable<StoredHeartbeat>,
  ownId: string,
  ttlMs: number,
): StoredHeartbeat[] {
  const all = [...stored];
  const own = all.find(({ instanceId }) => instanceId === ownId);
  if (!own) return [];
  return all
    .filter(({ createdMs }) => own.createdMs - createdMs < ttlMs)
    .toSorted((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
}

export const holdsMailboxes = ({ heartbeat: { role, state } }: StoredHeartbeat) =>
  role !== "webhook" && state === "up";
export const delivers = ({ heartbeat: { role, state } }: StoredHeartbeat) =>
  role !== "imap" && state === "up";
