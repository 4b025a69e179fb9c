import { expect, test } from "vitest";
import type { StoredHeartbeat } from "./heartbeat.ts";
import { hashName } from "./rendezvous.ts";
import { computeShare } from "./share.ts";

const USERS = 20_000;
const CHANGES = 20;
const ids = Array.from({ length: USERS }, (_, i) => `usr_${i}`);
const users = { ids, hashes: Uint32Array.from(ids, hashName) };

const instance = (n: number): StoredHeartbeat => ({
  instanceId: `ins_${n}`,
  createdMs: 0,
  heartbeat: { role: "imap", state: "up", capacity: USERS, users_held: 0, grace_ms: 0 },
});

/** Returns the owner of each user, as each instance computes it. */
function ownersAmong(live: readonly StoredHeartbeat[]): Map<string, string> {
  const settled = { nowMs: Infinity, claimDelayMs: 0 };
  const view = { live, before: live, changedAtMs: 0 };
  return new Map(
    live.flatMap(({ instanceId }) =>
      [...computeShare(instanceId, users, view, settled).owned].map(
        (id) => [id, instanceId] as const,
      ),
    ),
  );
}

test("twenty joins and leaves move at most 1.2 times as many users as they must", () => {
  let live = [0, 1, 2, 3, 4].map(instance);
  let owners = ownersAmong(live);
  let moved = 0;
  let ideal = 0;
  for (let change = 0; change < CHANGES; change++) {
    const joins = change % 2 === 0;
    ideal += joins ? USERS / (live.length + 1) : USERS / live.length;
    live = joins ? [...live, instance(10 + change)].toSorted(byId) : live.slice(1);
    const next = ownersAmong(live);
    moved += ids.filter((id) => owners.get(id) !== next.get(id)).length;
    expect(next.size).toBe(USERS);
    owners = next;
  }
  expect(moved).toBeLessThanOrEqual(1.2 * ideal);
});

const byId = (a: StoredHeartbeat, b: StoredHeartbeat) => (a.instanceId < b.instanceId ? -1 : 1);
