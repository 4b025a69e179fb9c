import { expect, test } from "vitest";
import { startFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { fuzz } from "../fuzz.ts";
import { startSessionFuzzer } from "./session-fuzzer.ts";

const SEED = 20_261_130;

test("two short runs of sessions whose server's answers are mutated find nothing", async () => {
  await using fuzzer = await startSessionFuzzer({ liesMs: 1_500, startFleet: startFleetStack });
  const details: string[] = [];
  const [count] = await fuzz(
    [fuzzer],
    { seed: SEED, maxRuns: 2, maxMs: Infinity },
    {
      say: () => undefined,
      keep: async ({ kind, detail }) => `${details.push(`${kind}: ${detail}`)}`,
      signal: new AbortController().signal,
    },
  );
  expect(details).toEqual([]);
  expect(count?.runs).toBe(2);
});
