import { expect, test } from "vitest";
import { createPlaces, type Places } from "./places.ts";

const never = new AbortController().signal;
const party = (partnerId: string, host: string | null = null) => ({ partnerId, host });
/** Waits until the callbacks of all settled promises have run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function waitFor(places: Places, who: ReturnType<typeof party>, count: number) {
  const held: Disposable[] = [];
  for (let i = 0; i < count; i++) void places.acquire(who, never).then((place) => held.push(place));
  return held;
}

test("places let in as many as there are, and the next when one leaves", async () => {
  const places = createPlaces(1);
  const first = await places.acquire(party("a"), never);
  const second = places.acquire(party("a"), never);
  expect(places).toMatchObject({ held: 1, waiting: 1 });
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  await second;
  expect(places).toMatchObject({ held: 1, waiting: 0 });
});

test("a caller that stops waiting takes no place", async () => {
  const places = createPlaces(1);
  const held = await places.acquire(party("a"), never);
  const stop = new AbortController();
  const waiting = places.acquire(party("a"), stop.signal);
  stop.abort(new Error("stopped"));
  await expect(waiting).rejects.toThrow("stopped");
  expect(places.waiting).toBe(0);
  held[Symbol.dispose]();
  await expect(places.acquire(party("a"), never)).resolves.toBeDefined();
});

test("5,000 hanging requests leave a place for another partner, and for another host of the same partner", async () => {
  const places = createPlaces(16);
  const hanging = waitFor(places, party("a", "slow"), 5_000);
  await settled();
  expect(hanging).toHaveLength(9);
  expect(places.hasRoom(party("a", "quick"))).toBe(true);
  expect(places.hasRoom(party("b", "quick"))).toBe(true);
  await places.acquire(party("a", "quick"), never);
  await places.acquire(party("b", "quick"), never);
  expect(places.waiting).toBe(4_991);
});

test("a partner of a thousand hosts has one share", async () => {
  const places = createPlaces(16);
  const hanging = Array.from({ length: 1_000 }, (_, i) => waitFor(places, party("a", `h${i}`), 5));
  await settled();
  expect(hanging.flat()).toHaveLength(12);
  await places.acquire(party("b", "h1"), never);
});

test("a host that hangs for all partners leaves places for other hosts", async () => {
  const places = createPlaces(16);
  const hanging = Array.from({ length: 50 }, (_, i) => waitFor(places, party(`p${i}`, "big"), 5));
  await settled();
  expect(hanging.flat()).toHaveLength(12);
  await places.acquire(party("p1", "other"), never);
  await places.acquire(party("new", "other"), never);
});

test("places that come free go to the partners in turn", async () => {
  const places = createPlaces(2);
  const first = await places.acquire(party("a"), never);
  const second = await places.acquire(party("b"), never);
  const order: string[] = [];
  for (const name of ["a", "a", "a", "b", "c"]) {
    void places.acquire(party(name), never).then((place) => {
      order.push(name);
      setImmediate(() => place[Symbol.dispose]());
    });
  }
  first[Symbol.dispose]();
  second[Symbol.dispose]();
  while (places.held > 0) await settled();
  expect(order).toEqual(["a", "b", "c", "a", "a"]);
});

test("5,000 waiting parties are served quickly: a release does not check them all", async () => {
  const places = createPlaces(1);
  const { signal } = new AbortController();
  const first = await places.acquire({ partnerId: "first", host: "first" }, signal);
  const waiting = Array.from({ length: 5_000 }, async (_, n) => {
    using _place = await places.acquire({ partnerId: `partner ${n}`, host: `host ${n}` }, signal);
  });
  first[Symbol.dispose]();
  await Promise.all(waiting);
  expect(places.held).toBe(0);
});
