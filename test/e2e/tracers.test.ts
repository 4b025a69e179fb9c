import * as v from "valibot";
import { expect, test } from "vitest";
import { seedTracer, TRACER_TAG } from "../../dev/seed/seed-tracer.ts";
import { startStack } from "../../dev/stack/stack.ts";
import { createApiCaller } from "../harness/api-caller.ts";
import { eventually } from "../harness/eventually.ts";

const tracers = v.array(
  v.looseObject({ uid: v.string(), state: v.string(), latency_ms: v.nullable(v.number()) }),
);

test("tracers of the demo's tracer user arrive, and the log shows their latency", async () => {
  await using stack = await startStack({
    fleetEnv: { TRACER_INTERVAL: "1", NUM_TRACERS: "2", REBALANCE_INTERVAL: "1" },
  });
  const { addresses, sink } = stack;
  await seedTracer(addresses.postgres);
  const api = createApiCaller(addresses.edge, addresses.partner.api_key);
  const arrived = await eventually("a tracer to arrive", async () => {
    const { body } = await api("GET", "/tracer-log?limit=1000");
    return v.parse(tracers, body).find(({ state }) => state === "arrived");
  });
  expect(arrived).toMatchObject({
    user_tag: TRACER_TAG,
    delivery_test: true,
    send_error: null,
    seen_after_ms: expect.any(Number),
    published_after_ms: expect.any(Number),
  });
  expect(arrived.latency_ms).toBeGreaterThan(0);
  const webhook = await sink.waitFor(
    ({ body }) => body.includes(`TRACER: ${arrived.uid}`),
    AbortSignal.timeout(60_000),
  );
  expect(webhook.verified).toBe(true);
  // Only tracer users get tracers. Alice is an ordinary user.
  const { body } = await api("GET", "/tracer-log?user_tag=alice");
  expect(body).toEqual([]);
});
