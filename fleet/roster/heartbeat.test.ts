import { expect, test } from "vitest";
import { liveInstances, type StoredHeartbeat } from "./heartbeat.ts";

const beat = (instanceId: string, createdMs: number): StoredHeartbeat => ({
  instanceId,
  createdMs,
  heartbeat: { role: "all", state: "up", capacity: 10, users_held: 0 },
});

const cases: [name: string, stored: StoredHeartbeat[], live: string[]][] = [
  ["knows nobody before its own first heartbeat", [beat("b", 1_000)], []],
  ["counts itself", [beat("a", 1_000)], ["a"]],
  [
    "counts who is younger than the TTL, in order of names",
    [beat("c", 71_000), beat("a", 100_000), beat("b", 100_500)],
    ["a", "b", "c"],
  ],
  ["leaves out who is as old as the TTL", [beat("a", 100_000), beat("b", 70_000)], ["a"]],
];

test.each(cases)("liveInstances() %s", (_name, stored, live) => {
  expect(liveInstances(stored, "a", 30_000).map(({ instanceId }) => instanceId)).toEqual(live);
});
