import { expect, test } from "vitest";
import { nextPurgeStep } from "./next-purge-step.ts";

const NOBODY = { toRetire: [], toClear: [], isEmpty: true };

test.each([
  ["retires first", { toRetire: ["a"], toClear: ["b"], isEmpty: false }, null, "retire"],
  ["clears who is retired", { toRetire: [], toClear: ["b"], isEmpty: false }, null, "clear"],
  ["waits for sessions to end", { toRetire: [], toClear: [], isEmpty: false }, null, "wait"],
  ["settles when nobody is left", NOBODY, null, "settle"],
  ["finishes when it has settled", NOBODY, new Date(0), "finish"],
] as const)("a purge %s", (_what, standing, settleAt, kind) => {
  expect(nextPurgeStep(standing, settleAt).kind).toBe(kind);
});
