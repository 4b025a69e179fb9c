import { expect, test } from "vitest";
import { roundTrip } from "../../dev/seed/round-trip.ts";
import { startStack } from "../../dev/stack/stack.ts";

test("the fleet runs under Deno as it does under Bun", async () => {
  await using stack = await startStack({ runtime: "deno" });
  expect(await roundTrip(stack.addresses, AbortSignal.timeout(60_000))).toBeGreaterThanOrEqual(0);
});
