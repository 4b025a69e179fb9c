import { afterAll, beforeAll, expect, test } from "vitest";
import { measuredLog } from "../../fleet/metrics/measured-log.ts";
import { createMetrics } from "../../fleet/metrics/metrics.ts";
import { serveOperations } from "../../fleet/metrics/operations-server.ts";
import { createVitals } from "../../fleet/metrics/vitals.ts";
import { createReach } from "../../fleet/roster/reach.ts";
import { systemClock } from "../../shared/clock.ts";
import { eventually } from "../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../harness/stacks/fleet-stack.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const TTL_MS = 1_000;

test("a loop whose dependency never answers is detected, and continues", async () => {
  const metrics = createMetrics();
  const log = measuredLog(stack.log, metrics);
  const clock = systemClock;
  const first = Promise.withResolvers<void>();
  const again = Promise.withResolvers<void>();
  let questions = 0;
  const ask = () => (++questions === 1 ? first.promise : again.promise);
  const reach = createReach({ clock, log, ask }, { name: "database_reach", ttlMs: TTL_MS });
  const roster = {
    live: () => [],
    standing: () => "claiming" as const,
    isCutOff: () => false,
  };
  const vitals = createVitals({
    ...stack,
    clock,
    metrics,
    roster,
    heldUserIds: () => [],
    natsSilentMs: () => null,
  });
  const at = { host: "127.0.0.1", port: 0 };
  await using server = await serveOperations(
    { registry: metrics.registry, vitals: () => vitals },
    at,
  );
  const shown = async (path: string) => (await fetch(`${server.url}${path}`)).text();
  const stop = new AbortController();
  const running = reach.run(stop.signal);

  await eventually("the next round", () => (questions > 1 ? true : undefined));
  expect(stack.log.lines.some((line) => line.includes("loop.stuck"))).toBe(true);
  expect(await shown("/readyz")).toBe("not ready: loop database_reach\n");
  const text = await shown("/metrics");
  expect(text).toMatch(/^superimap_rounds_stuck_total [1-9]/m);
  expect(text).toMatch(/^superimap_loop_round_seconds\{loop="database_reach"\} \d/m);

  again.resolve();
  await eventually("it to be ready", async () =>
    (await shown("/readyz")) === "ready\n" ? true : undefined,
  );
  stop.abort();
  await running;
  first.resolve();
});
