import { afterAll, beforeAll, expect, test } from "vitest";
import { inCheckout } from "../../dev/checkout.ts";
import { runCommand } from "../../dev/processes/run-command.ts";
import { openLaneConsumer } from "../../fleet/bus/consumers.ts";
import { type FleetStack, startFleetStack } from "../harness/stacks/fleet-stack.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const report = (NATS_URL: string) =>
  runCommand(process.execPath, { args: [inCheckout("ops", "streams.ts")], env: { NATS_URL } });

test("npm run streams shows streams, lanes and dead letters", async () => {
  const { bus, natsUrl } = stack;
  const consumer = await openLaneConsumer(bus, "prt_slow", 100);
  await openLaneConsumer(bus, "prt_idle", 100);
  for (const id of ["a", "b", "c"]) {
    await bus.publish({ subject: "evt.prt_slow.new_mail.usr_1", id, payload: "secret text" });
  }
  for await (const _ of await consumer.fetch({ max_messages: 1, expires: 5_000 }));
  await bus.publish({ subject: "dead.prt_slow.new_mail.usr_1", id: "dead:d", payload: "secret" });

  const text = await report(natsUrl);
  const lines = text.split("\n").map((line) => line.trim().split(/ {2,}/));
  expect(lines).toContainEqual([
    "EVENTS",
    "3",
    expect.stringMatching(/ B$/),
    "0 %",
    expect.stringMatching(/ s$/),
  ]);
  expect(lines).toContainEqual(["ATTEMPTS", "0", "0 B", "0 %"]);
  expect(lines).toContainEqual(["deliver-prt_slow", "2", "1", "0", "0"]);
  expect(lines).toContainEqual(["deliver-prt_idle", "0", "0", "0", "0"]);
  expect(lines).toContainEqual(["prt_slow", "new_mail", "1"]);
  expect(text).not.toContain("secret");
});

test.each([
  ["http://127.0.0.1:1", "NATS_URL must be an address that begins with nats:// or tls://"],
  ["nats://127.0.0.1:9", "Cannot connect to NATS: connection refused"],
])("npm run streams reports %s", async (url, message) => {
  await expect(report(url)).rejects.toThrow(message);
});
