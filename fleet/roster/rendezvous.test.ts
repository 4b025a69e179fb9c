import { expect, test } from "vitest";
import { assignOwners, chooseOwner, hashName } from "./rendezvous.ts";

const bins = (count: number, capacity = Infinity) =>
  Array.from({ length: count }, (_, i) => ({ id: `ins_${String(i).padStart(2, "0")}`, capacity }));
const keys = Uint32Array.from({ length: 20_000 }, (_, i) => hashName(`usr_${i}`));

const countByOwner = (owners: Int32Array, size: number) => {
  const counts = new Array<number>(size).fill(0);
  for (const owner of owners) if (owner >= 0) counts[owner] = (counts[owner] ?? 0) + 1;
  return counts;
};

test("assignOwners() names no owner when there are no instances", () => {
  expect(new Set(assignOwners(keys, []).owners)).toEqual(new Set([-1]));
});

test("assignOwners() gives each of 10 instances its tenth of the users, within 5 %", () => {
  for (const count of countByOwner(assignOwners(keys, bins(10)).owners, 10)) {
    expect(count).toBeGreaterThan(1_900);
    expect(count).toBeLessThan(2_100);
  }
});

test("assignOwners() moves users only to the instance that joined, about 1 in 11", () => {
  const before = assignOwners(keys, bins(10)).owners;
  const after = assignOwners(keys, bins(11)).owners;
  const moved = [...keys.keys()].filter((k) => before[k] !== after[k]);
  expect(new Set(moved.map((k) => after[k]))).toEqual(new Set([10]));
  expect(moved.length / keys.length).toBeCloseTo(1 / 11, 2);
});

test("assignOwners() fills no instance beyond its capacity and leaves the rest without owner", () => {
  const { owners } = assignOwners(keys, bins(10, 1_500));
  expect(countByOwner(owners, 10)).toEqual(new Array(10).fill(1_500));
  expect(owners.filter((owner) => owner === -1).length).toBe(5_000);
});

test("assignOwners() sends a user whose first choice is full to the next in its own order", () => {
  const free = assignOwners(keys, bins(3)).owners;
  const bound = assignOwners(keys, [{ id: "ins_00", capacity: 100 }, ...bins(3).slice(1)]).owners;
  for (const k of keys.keys()) if (free[k] !== 0) expect(bound[k]).toBe(free[k]);
  expect(countByOwner(bound, 3)[0]).toBe(100);
});

const all = bins(12);
test.each([
  ["a join", all.slice(0, 10), all.slice(0, 11)],
  ["a join in the middle", all.toSpliced(5, 1), all],
  ["a leave", all, all.slice(1)],
  ["a join and a leave at once", all.slice(0, 11), all.slice(1)],
  ["all leaving", all, []],
  ["the first joining", [], all.slice(0, 1)],
  ["a bin that grew full", all, all.map((bin) => ({ ...bin, capacity: 1_700 }))],
])(
  "assignOwners() finds the same owners after %s, whether it knew the owners before or not",
  (_what, before, after) => {
    const anew = assignOwners(keys, after);
    const updated = assignOwners(keys, after, assignOwners(keys, before));
    expect(updated.owners).toEqual(anew.owners);
    expect(updated.scores).toEqual(anew.scores);
  },
);

test("chooseOwner() names the same owner in every process", () => {
  expect(chooseOwner("prt_1", ["a", "b", "c"])).toBe(chooseOwner("prt_1", ["a", "b", "c"]));
  expect(chooseOwner("prt_1", [])).toBeUndefined();
});
