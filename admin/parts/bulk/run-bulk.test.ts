import { expect, test } from "vitest";
import { type BulkProgress, describeBulk, runBulk } from "./run-bulk.ts";

const ids = Array.from({ length: 10 }, (_, n) => `usr_${n}`);
const explain = (error: unknown) => (error instanceof Error ? error.message : "");

test("an action is performed on each item, and those that fail are counted", async () => {
  const performed: string[] = [];
  const seen: BulkProgress[] = [];
  const deps = {
    explain,
    onProgress: (progress: BulkProgress) => void seen.push(progress),
    async perform(id: string) {
      performed.push(id);
      if (id === "usr_3") throw new Error("Cannot find the user");
      await Promise.resolve();
    },
  };
  const result = await runBulk(deps, ids, new AbortController().signal);
  expect(performed.toSorted()).toEqual(ids);
  expect(result).toEqual({ total: 10, done: 9, failed: 1, firstFault: "Cannot find the user" });
  expect(seen).toHaveLength(10);
  expect(describeBulk(result, "users")).toBe("9 of 10 users done, 1 failed: Cannot find the user");
});

test("no item begins after the stop", async () => {
  const stop = new AbortController();
  const deps = { explain, onProgress: () => stop.abort(), perform: () => Promise.resolve() };
  const { done } = await runBulk(deps, ids, stop.signal);
  expect(done).toBeLessThanOrEqual(4);
});

test("an error that ends the action is thrown", async () => {
  const deps = {
    onProgress: () => undefined,
    perform: () => Promise.reject(new Error("signed out")),
    explain(error: unknown): string {
      throw error;
    },
  };
  await expect(runBulk(deps, ids, new AbortController().signal)).rejects.toThrow("signed out");
});
