import { expect, test } from "vitest";
import { findCutOff, notCutOff } from "./cut-off.ts";
import type { Heartbeat, StoredHeartbeat } from "./heartbeat.ts";

const TTL_MS = 30_000;
const NOW_MS = 1_000_000;

/**
 * Returns a heartbeat that was sent `agoS` seconds ago.
 *
 * @param silentS The time from the last answered query to the heartbeat. Null: no report about
 *   Postgres.
 * @param answeringS How long Postgres has answered without a pause.
 */
const beat = (
  instanceId: string,
  silentS: number | null,
  answeringS = 3_600,
  state: Heartbeat["state"] = "up",
  agoS = 0,
): StoredHeartbeat => ({
  instanceId,
  createdMs: NOW_MS - agoS * 1_000,
  heartbeat: {
    role: "all",
    state,
    capacity: 10,
    users_held: 0,
    grace_ms: 0,
    ...(silentS !== null && {
      database: { silent_ms: silentS * 1_000, answering_ms: answeringS * 1_000 },
    }),
  },
});

const cases: [name: string, live: StoredHeartbeat[], cutOff: string[]][] = [
  ["nobody where all are answered", [beat("a", 2), beat("b", 5)], []],
  ["nobody alone", [beat("a", 3_000)], []],
  ["who was not answered for a TTL in which another was", [beat("a", 31), beat("b", 1)], ["a"]],
  ["nobody before that", [beat("a", 30), beat("b", 1)], []],
  [
    "nobody where nobody is answered, however long",
    [beat("a", 600), beat("b", 590), beat("c", 610)],
    [],
  ],
  [
    "all that are not answered, by one that is",
    [beat("a", 600), beat("b", 1), beat("c", 31)],
    ["a", "c"],
  ],
  [
    "nobody who is answered a little later than another after an outage of all",
    [beat("a", 600), beat("b", 0, 29)],
    [],
  ],
  [
    "who is still not answered a TTL after another is again",
    [beat("a", 600), beat("b", 0, 30)],
    ["a"],
  ],
  [
    "nobody by the word of an instance that leaves, or is about to be back",
    [beat("a", 60), beat("b", 0, 600, "draining"), beat("c", 0, 600, "restarting")],
    [],
  ],
  ["nobody by the word of one that has just started", [beat("a", 60), beat("b", 0, 3)], []],
  ["no older instance, which does not say", [beat("a", null), beat("b", 0)], []],
  ["nobody by the silence of an older instance", [beat("a", 60), beat("b", null)], []],
  [
    "nobody for a heartbeat that is older than another's",
    [beat("a", 2, 3_600, "up", 25), beat("b", 0)],
    [],
  ],
  [
    "nobody whose last heartbeat is of before NATS was away, by one of after",
    [beat("a", 2, 3_600, "up", 120), beat("b", 0)],
    [],
  ],
  [
    "who had said before that it was not answered, while another was",
    [beat("a", 40, 3_600, "up", 120), beat("b", 0)],
    ["a"],
  ],
];

test.each(cases)("findCutOff() finds %s", (_name, live, cutOff) => {
  expect([...findCutOff(live, TTL_MS)]).toEqual(cutOff);
});

test("an instance that is cut off does no work, unless no other instance could do it", () => {
  const [a, b] = [{ ...beat("a", 60), isCutOff: true }, beat("b", 0)];
  expect(notCutOff([a, b])).toEqual([b]);
  expect(notCutOff([a])).toEqual([a]);
});
