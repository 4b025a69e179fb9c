import { expect, test } from "vitest";
import { createPartnerTurns } from "./partner-turns.ts";

function takeAll(turns: ReturnType<typeof createPartnerTurns<string>>): string[] {
  const taken: string[] = [];
  for (let next = turns.take(); next; next = turns.take()) {
    taken.push(next.work);
    turns.done(next.partnerId);
  }
  return taken;
}

test("partners take turns, and each has its own in order", () => {
  const turns = createPartnerTurns<string>(1);
  for (const work of ["a1", "a2", "a3", "b1", "c1", "b2"]) turns.add(work.charAt(0), work);
  expect(takeAll(turns)).toEqual(["a1", "b1", "c1", "a2", "b2", "a3"]);
});

test("a partner at its limit is skipped until some of its work ends", () => {
  const turns = createPartnerTurns<string>(1);
  for (const work of ["a1", "a2", "b1"]) turns.add(work.charAt(0), work);
  expect([turns.take(), turns.take(), turns.take()].map((next) => next?.work)).toEqual([
    "a1",
    "b1",
    undefined,
  ]);
  turns.done("a");
  expect(turns.take()?.work).toBe("a2");
});

test("cleared work is not returned", () => {
  const turns = createPartnerTurns<string>(1);
  turns.add("a", "a1");
  turns.add("b", "b1");
  expect(turns.clear()).toEqual(["a1", "b1"]);
  expect(turns.take()).toBeUndefined();
});
