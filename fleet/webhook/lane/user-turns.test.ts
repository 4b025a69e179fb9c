import { expect, test } from "vitest";
import { createUserTurns, type Turn } from "./user-turns.ts";

/** Waits until the code that awaits settled promises has run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function takeEnd(turn: Turn | undefined): (laterMs: number | null) => void {
  if (turn?.kind !== "now") throw new Error("It has no turn");
  return turn.end;
}

async function begin(maxWaiting = 10) {
  const turns = createUserTurns(maxWaiting, 5_000);
  const got = new Map<number, Turn>();
  const take = async (userId: string, seq: number) => {
    void turns.take(userId, seq).then((turn) => got.set(seq, turn));
    await settled();
  };
  return { turns, got, take };
}

test("events of one user take turns in the order of the stream", async () => {
  const { turns, got, take } = await begin();
  await take("a", 3);
  await take("a", 9);
  await take("a", 5);
  await take("b", 4);
  expect([...got.keys()]).toEqual([3, 4]);
  expect(turns.waiting).toBe(2);
  takeEnd(got.get(3))(null);
  await settled();
  expect([...got.keys()]).toEqual([3, 4, 5]);
  takeEnd(got.get(5))(null);
  await settled();
  takeEnd(got.get(9))(null);
  await take("a", 10);
  expect(got.get(10)).toMatchObject({ kind: "now" });
  expect(turns.waiting).toBe(0);
});

test("when an event is delivered again later, so are those that wait for it", async () => {
  const { turns, got, take } = await begin();
  await take("a", 1);
  await take("a", 2);
  await take("a", 3);
  takeEnd(got.get(1))(60_000);
  await settled();
  const later = { kind: "later", afterMs: 60_500 };
  expect([got.get(2), got.get(3)]).toEqual([later, later]);
  expect(turns.waiting).toBe(0);
});

test("callers above the waiting limit are refused", async () => {
  const { got, take } = await begin(1);
  await take("a", 1);
  await take("a", 2);
  await take("a", 3);
  expect(got.get(3)).toEqual({ kind: "later", afterMs: 5_000 });
  expect(got.has(2)).toBe(false);
});
