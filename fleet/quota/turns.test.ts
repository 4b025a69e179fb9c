import { expect, test } from "vitest";
import { createTurns } from "./turns.ts";

const never = new AbortController().signal;

/**
 * Returns a function that waits for a turn, and a list that shows in which order its calls
 * continued.
 */
function waiters() {
  const turns = createTurns();
  const went: string[] = [];
  const wait = async (partnerId: string, name: string, signal = never) => {
    await turns.wait(partnerId, signal);
    went.push(name);
  };
  return { turns, went, wait };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("the first that came go on first, and others wait for a turn of their own", async () => {
  const { turns, went, wait } = waiters();
  for (const name of ["1", "2", "3"]) void wait("a", name);
  void wait("b", "other");
  turns.admit("a", 2);
  await settled();
  expect(went).toEqual(["1", "2"]);
  turns.admit("a", 2);
  await settled();
  expect(went).toEqual(["1", "2", "3"]);
  expect(turns.partnerIds()).toEqual(["b"]);
});

test("a stopped waiter continues immediately without using up a turn", async () => {
  const { turns, went, wait } = waiters();
  const stop = new AbortController();
  void wait("a", "stopped", stop.signal);
  void wait("a", "waiting");
  stop.abort();
  await settled();
  expect(went).toEqual(["stopped"]);
  turns.admit("a", 1);
  await settled();
  expect(went).toEqual(["stopped", "waiting"]);
  expect(turns.partnerIds()).toEqual([]);
});

test("an aborted signal does not wait", async () => {
  const { turns, went, wait } = waiters();
  await wait("a", "stopped", AbortSignal.abort());
  expect(went).toEqual(["stopped"]);
  expect(turns.partnerIds()).toEqual([]);
  turns.admit("a", 1);
});
