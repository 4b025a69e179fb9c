import { expect, test } from "vitest";
import type { Heartbeat, StoredHeartbeat } from "./heartbeat.ts";
import { hashName } from "./rendezvous.ts";
import { computeShare, type UserList, type View } from "./share.ts";

const ids = Array.from({ length: 3_000 }, (_, i) => `usr_${i}`);
const users: UserList = { ids, hashes: Uint32Array.from(ids, hashName) };
const instance = (
  instanceId: string,
  state: Heartbeat["state"] = "up",
  capacity = 10_000,
): StoredHeartbeat => ({
  instanceId,
  createdMs: 0,
  heartbeat: { role: "imap", state, capacity, users_held: 0, grace_ms: 0 },
});
const [a, b, c] = [instance("a"), instance("b"), instance("c")];
const justNow = { nowMs: 1_000, claimDelayMs: 3_000 };
const later = { nowMs: 5_000, claimDelayMs: 3_000 };
const view = (before: StoredHeartbeat[], live: StoredHeartbeat[]): View => ({
  before,
  live,
  changedAtMs: 0,
});
const sizes = (id: string, seen: View, when = justNow) => {
  const { owned, claimable } = computeShare(id, users, seen, when);
  return { owned: owned.size, claimable: claimable.size };
};

test("a single instance owns all users and claims them immediately", () => {
  expect(sizes("a", view([], [a]))).toEqual({ owned: 3_000, claimable: 3_000 });
});

test("an instance that joins owns its share, and waits until the others have released it", () => {
  const joined = view([a, b], [a, b, c]);
  const { owned, claimable } = sizes("c", joined);
  expect(owned).toBeGreaterThan(900);
  expect(claimable).toBe(0);
  expect(sizes("c", joined, later).claimable).toBe(owned);
});

test("the others keep claiming their own users", () => {
  const { owned, claimable } = computeShare("a", users, view([a, b], [a, b, c]), justNow);
  expect(claimable).toEqual(owned);
});

test.each([
  ["is gone", [a, b]],
  ["drains", [a, b, instance("c", "draining")]],
])("the users of an instance that %s are claimed immediately", (_what, live) => {
  const before = view([a, b, c], [a, b, c]);
  const after = view([a, b, c], live);
  const gained = sizes("a", after).owned - sizes("a", before, later).owned;
  expect(gained).toBeGreaterThan(300);
  expect(sizes("a", after).claimable).toBe(sizes("a", after).owned);
});

test("the users of an instance that restarts stay its own", () => {
  const restarting = view([a, b, c], [a, b, instance("c", "restarting")]);
  expect(sizes("a", restarting)).toEqual(sizes("a", view([a, b, c], [a, b, c]), later));
});

test("a draining instance owns nothing", () => {
  expect(sizes("c", view([a, c], [a, instance("c", "draining")]))).toEqual({
    owned: 0,
    claimable: 0,
  });
});

test("users beyond all capacity are counted as unassigned", () => {
  const small = view([], [instance("a", "up", 1_000), instance("b", "up", 1_000)]);
  expect(computeShare("a", users, small, later).unassigned).toBe(1_000);
});

test("an instance that is cut off from Postgres owns nothing, and its users are claimed after it has released them", () => {
  const cutOff = view([a, b], [a, { ...b, isCutOff: true }]);
  expect(sizes("b", cutOff)).toEqual({ owned: 0, claimable: 0 });
  expect(sizes("a", cutOff).owned).toBe(3_000);
  expect(sizes("a", cutOff).claimable).toBe(sizes("a", view([a, b], [a, b]), later).owned);
  expect(sizes("a", cutOff, later).claimable).toBe(3_000);
});

test("an instance that is cut off keeps its users if only delivering instances are left", () => {
  const delivering = { ...a, heartbeat: { ...a.heartbeat, role: "webhook" as const } };
  const alone = view([delivering, b], [delivering, { ...b, isCutOff: true }]);
  expect(sizes("b", alone).owned).toBe(3_000);
});
