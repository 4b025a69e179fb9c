import { expect, test } from "vitest";
import { mayTake, roomFor } from "./place-share.ts";

/**
 * Each party takes places until no party may take another. Returns how many places each party
 * holds.
 */
function settle(total: number, parties: number): number[] {
  const held = Array.from({ length: parties }, () => 0);
  let free = total;
  for (let isMoving = true; isMoving;) {
    isMoving = false;
    for (const [i, count] of held.entries()) {
      if (!mayTake(count, free)) continue;
      held[i] = count + 1;
      free--;
      isMoving = true;
    }
  }
  return held;
}

test.each([
  { total: 1, parties: 1, held: [1] },
  { total: 2, parties: 1, held: [1] },
  { total: 4, parties: 1, held: [3] },
  { total: 16, parties: 1, held: [12] },
  { total: 16, parties: 2, held: [7, 6] },
  { total: 16, parties: 4, held: [4, 4, 3, 3] },
  { total: 16, parties: 20, held: [...Array(16).fill(1), 0, 0, 0, 0] },
  { total: 100, parties: 1, held: [75] },
])("of $total places $parties greedy parties hold $held", ({ total, parties, held }) => {
  expect(settle(total, parties)).toEqual(held);
});

test.each([2, 3, 4, 16, 100, 512])("of %i places the last is left for another", (total) => {
  for (let parties = 1; parties < total / 3; parties++) {
    const free = total - settle(total, parties).reduce((sum, count) => sum + count, 0);
    expect(free).toBeGreaterThanOrEqual(1);
  }
});

test("a party's room is the number of places that it could take", () => {
  for (let held = 0; held < 40; held++) {
    for (let free = 0; free < 40; free++) {
      let taken = 0;
      while (mayTake(held + taken, free - taken)) taken++;
      expect({ held, free, room: roomFor(held, free) }).toEqual({ held, free, room: taken });
    }
  }
});
