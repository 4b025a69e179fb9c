import { expect, test } from "vitest";
import { type Heartbeat, joinViews, liveInstances, type StoredHeartbeat } from "./heartbeat.ts";

const beat = (
  instanceId: string,
  createdMs: number,
  state: Heartbeat["state"] = "up",
  grace_ms = 0,
): StoredHeartbeat => ({
  instanceId,
  createdMs,
  heartbeat: { role: "all", state, capacity: 10, users_held: 0, grace_ms },
});
const ids = (stored: readonly StoredHeartbeat[]) => stored.map(({ instanceId }) => instanceId);

const cases: [name: string, stored: StoredHeartbeat[], live: string[]][] = [
  ["knows nobody before its own first heartbeat", [beat("b", 1_000)], []],
  ["counts itself", [beat("a", 1_000)], ["a"]],
  [
    "counts who is younger than the TTL, in order of names",
    [beat("c", 71_000), beat("a", 100_000), beat("b", 100_500)],
    ["a", "b", "c"],
  ],
  ["leaves out who is as old as the TTL", [beat("a", 100_000), beat("b", 70_000)], ["a"]],
  [
    "keeps who restarts for as long as its grace",
    [beat("a", 100_000), beat("b", 41_000, "restarting", 60_000)],
    ["a", "b"],
  ],
  [
    "gives up who did not come back within its grace",
    [beat("a", 100_000), beat("b", 40_000, "restarting", 60_000)],
    ["a"],
  ],
];

test.each(cases)("liveInstances() %s", (_name, stored, live) => {
  expect(ids(liveInstances(stored, "a", 30_000))).toEqual(live);
});

test("joinViews() drops no instance and uses the newer heartbeat", () => {
  const joined = joinViews([beat("a", 1), beat("c", 1)], [beat("b", 2), beat("a", 2)]);
  expect(joined.map(({ instanceId, createdMs }) => [instanceId, createdMs])).toEqual([
    ["a", 2],
    ["b", 2],
    ["c", 1],
  ]);
});
