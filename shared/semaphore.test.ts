import { expect, test } from "vitest";
import { createSemaphore } from "./semaphore.ts";

const never = new AbortController().signal;

test("a semaphore lets in as many as it has places, and the next when one leaves", async () => {
  const semaphore = createSemaphore(2);
  const first = await semaphore.acquire(never);
  await semaphore.acquire(never);
  const third = semaphore.acquire(never);
  expect(semaphore.waiting).toBe(1);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  await third;
  expect(semaphore.waiting).toBe(0);
});

test("who stops waiting takes no place", async () => {
  const semaphore = createSemaphore(1);
  const held = await semaphore.acquire(never);
  const stop = new AbortController();
  const waiting = semaphore.acquire(stop.signal);
  stop.abort(new Error("stopped"));
  await expect(waiting).rejects.toThrow("stopped");
  held[Symbol.dispose]();
  await expect(semaphore.acquire(never)).resolves.toBeDefined();
});
