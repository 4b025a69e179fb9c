import { expect, test } from "vitest";
import { judgeProgress } from "./resend-progress.ts";

test("a resend counts what is delivered and waits, and names what failed", () => {
  const states = [
    { id: "evt_1", state: "delivered", reason: null },
    { id: "evt_2", state: "queued", reason: null },
    { id: "evt_3", state: "dead", reason: "the endpoint answered 500" },
  ] as const;
  expect(judgeProgress(["evt_1", "evt_2", "evt_3", "evt_4"], [...states])).toEqual({
    delivered: 1,
    waiting: 1,
    failed: [
      { id: "evt_3", reason: "the endpoint answered 500" },
      { id: "evt_4", reason: "it was deleted" },
    ],
  });
});
