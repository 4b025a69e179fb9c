import { afterAll, beforeAll, expect, test } from "vitest";
import { readAckFloor } from "../../fleet/bus/ack-floor.ts";
import { type Bus, connectBus } from "../../fleet/bus/bus.ts";
import { deleteMessages } from "../../fleet/bus/delete-messages.ts";
import { findMessage } from "../../fleet/bus/find-message.ts";
import { withDeadline } from "../../fleet/bus/with-deadline.ts";
import { BODIES, EVENTS, laneConsumer } from "../../fleet/bus/subjects.ts";
import { measureLanes } from "../../fleet/bus/lane-depths.ts";
import { enqueueUsersChanged } from "../../db/mail/outbox.ts";
import { readInstallationId } from "../../db/fleet/installation.ts";
import { publishOutbox } from "../../fleet/relay/publish-outbox.ts";
import { heartbeatBucket } from "../../fleet/roster/bucket.ts";
import { openLaneConsumer } from "../../fleet/bus/consumers.ts";
import { pull } from "../../fleet/bus/pull.ts";
import { systemClock } from "../../shared/clock.ts";
import { eventually } from "../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../harness/stacks/fleet-stack.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const PARTNER = "prt_silent";
const MESSAGE = { subject: `evt.${PARTNER}.new_mail.usr_1`, id: "silent", payload: "{}" };
const never = () => new AbortController().signal;

/** All kinds of requests to NATS. Each must end even if NATS does not answer. */
const QUESTIONS: Record<string, (bus: Bus) => Promise<unknown>> = {
  publish: (bus) => bus.publish(MESSAGE),
  repair: (bus) => bus.repair(),
  "find a message": (bus) => findMessage(bus, BODIES, { seq: 1, id: "x" }),
  "delete messages": (bus) => deleteMessages(bus, EVENTS, "evt.prt_none.>"),
  purge: (bus) => bus.jsm.streams.purge(BODIES, { filter: "body.prt_none.>" }),
  "the floor of a lane": (bus) => readAckFloor(bus, EVENTS, laneConsumer(PARTNER)),
  "list the lanes": (bus) => measureLanes(bus),
  "open a lane": (bus) => openLaneConsumer(bus, PARTNER, 100),
  "read a heartbeat": (bus) => heartbeatBucket(bus).read("nobody"),
  "read all heartbeats": (bus) => heartbeatBucket(bus).readAll(),
  "write a heartbeat": (bus) =>
    heartbeatBucket(bus).put(
      "silent",
      { role: "all", state: "up", capacity: 1, users_held: 0, grace_ms: 0 },
      0,
    ),
  "begin to watch": (bus) => heartbeatBucket(bus).watch(() => {}, never()),
  "publish the outbox": async (bus) => {
    const { id } = await stack.newPartner();
    await enqueueUsersChanged(stack.db, id, []);
    await publishOutbox({ bus, db: stack.db, log: stack.log });
  },
};

/**
 * How long the test waits for the end of a request: longer than the fleet's time limits for
 * requests (5 s). Later, the NATS client would close the connection and so end all requests.
 */
const PATIENCE_MS = 18_000;

test("every request to a frozen NATS ends, and all work when it continues", async () => {
  const options = { url: stack.natsUrl, name: "silent" };
  const sizes = {
    eventsBytes: 2 ** 26,
    bodiesBytes: 2 ** 28,
    deadBytes: 2 ** 26,
    attemptsBytes: 2 ** 26,
    replicas: 1,
  };
  const installationId = await readInstallationId(stack.db);
  const deps = { clock: systemClock, log: stack.log };
  await using bus = await connectBus(deps, { ...options, sizes, installationId }, never());
  const leaving = await connectBus(deps, { ...options, sizes, installationId }, never());
  const consumer = await openLaneConsumer(bus, PARTNER, 100);
  const questions: typeof QUESTIONS = {
    ...QUESTIONS,
    pull: async () => {
      for await (const _ of pull(bus, consumer, { maxMessages: 1, expiresMs: 1_000 }, never()));
    },
    "leave NATS": async () => leaving[Symbol.asyncDispose](),
  };
  const { pid } = stack.programs.nats;
  process.kill(pid, "SIGSTOP");
  // SIGSTOP takes effect after a moment. Until then, NATS still answers.
  await eventually("NATS to stand still", () =>
    withDeadline(bus.connection.rtt(), 500, "ask").then(
      () => undefined,
      () => true,
    ),
  );
  const endless = new Set(Object.keys(questions));
  for (const [name, ask] of Object.entries(questions)) {
    void ask(bus)
      .catch(() => {})
      .finally(() => endless.delete(name));
  }
  try {
    await eventually(
      "all to end",
      () => (endless.size === 0 ? true : undefined),
      PATIENCE_MS,
    ).catch(() => {});
    expect([...endless]).toEqual([]);
  } finally {
    process.kill(pid, "SIGCONT");
  }
  await eventually("a publication", () =>
    bus.publish({ ...MESSAGE, id: "again" }).catch(() => undefined),
  );
  const taken = await eventually("its lane", async () => {
    for await (const message of pull(
      bus,
      consumer,
      { maxMessages: 1, expiresMs: 1_000 },
      never(),
    )) {
      message.ack();
      return true;
    }
    return undefined;
  });
  expect(taken).toBe(true);
});
