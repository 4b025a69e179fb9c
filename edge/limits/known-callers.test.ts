import { expect, test } from "vitest";
import { createKnownCallers } from "./known-callers.ts";

test("a caller is known for a quarter of an hour since it was last seen, or until it is forgotten", () => {
  const callers = createKnownCallers();
  callers.remember("hash", "prt_1", 0);
  callers.remember("hash", "prt_1", 60_000);
  expect(callers.findOwner("hash", 15 * 60_000)).toBe("prt_1");
  expect(callers.findOwner("hash", 16 * 60_000)).toBeUndefined();
  callers.remember("hash", "prt_1", 0);
  callers.forget("hash");
  expect(callers.findOwner("hash", 0)).toBeUndefined();
});

test("when there are too many callers, the oldest is dropped", () => {
  const callers = createKnownCallers(2);
  callers.remember("a", "prt_a", 0);
  callers.remember("b", "prt_b", 0);
  callers.remember("a", "prt_a", 1);
  callers.remember("c", "prt_c", 2);
  expect(["a", "b", "c"].map((hash) => callers.findOwner(hash, 3))).toEqual([
    "prt_a",
    undefined,
    "prt_c",
  ]);
});
