import { sql } from "drizzle-orm";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectInstallation, readInstallationId } from "../../db/fleet/installation.ts";
import { openTcpDatabase } from "../../db/drivers/tcp-database.ts";
import { startFleet } from "../../dev/servers/fleet.ts";
import { inCheckout } from "../../dev/checkout.ts";
import { postgresUrl } from "../../dev/servers/postgres.ts";
import { runCommand } from "../../dev/processes/run-command.ts";
import { connectBus } from "../../fleet/bus/bus.ts";
import { Roster } from "../../fleet/roster/roster.ts";
import { ForeignStreams } from "../../fleet/bus/installation-mark.ts";
import { ATTEMPTS, BODIES, DEAD, EVENTS, laneConsumer } from "../../fleet/bus/subjects.ts";
import { openLaneConsumer } from "../../fleet/bus/consumers.ts";
import { systemClock } from "../../shared/clock.ts";
import { startEndpoint } from "../harness/network/endpoint.ts";
import { eventually } from "../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../harness/stacks/fleet-stack.ts";
import { startDatabaseStack } from "../harness/stacks/start-database-stack.ts";
import { newMail, newWebhookUser, publishMail, publishParts } from "../webhook/published-mail.ts";
import { runRole } from "../webhook/running-role.ts";

const STREAMS = [EVENTS, BODIES, DEAD, ATTEMPTS];
const SIZES = {
  eventsBytes: 2 ** 26,
  bodiesBytes: 2 ** 28,
  deadBytes: 2 ** 26,
  attemptsBytes: 2 ** 26,
  replicas: 1,
};

let stack: FleetStack;
let installationId: string;
beforeAll(async () => {
  stack = await startFleetStack();
  installationId = await readInstallationId(stack.db);
});
afterAll(() => stack?.[Symbol.asyncDispose]());

/** Creates a user of a new partner, and publishes a mail. Its event waits in NATS. */
async function newWaitingMail() {
  const user = await newWebhookUser(stack, await stack.newPartner());
  await openLaneConsumer(stack.bus, user.partner.id, 1_000);
  await publishMail(stack, user);
  return user;
}

/** Returns the names of the lanes, and the number of messages in each stream. */
async function holdings() {
  const lanes: string[] = [];
  for await (const { name } of stack.bus.jsm.consumers.list(EVENTS)) lanes.push(name);
  const counts = STREAMS.map(
    async (name) => (await stack.bus.jsm.streams.info(name)).state.messages,
  );
  return { lanes: lanes.toSorted(), messages: await Promise.all(counts) };
}

const connectAs = (id: string, sizes = SIZES) =>
  connectBus(
    { clock: systemClock, log: stack.log },
    { url: stack.natsUrl, name: "other", sizes, installationId: id },
    AbortSignal.timeout(10_000),
  );

const marks = () =>
  Promise.all(
    STREAMS.map(async (name) => (await stack.bus.jsm.streams.info(name)).config.metadata),
  );

/** Creates a database with a different installation id, on the same PostgreSQL. */
async function otherDatabase() {
  const other = await startDatabaseStack();
  await other.db.execute(sql`update installation set id = 'ins_other'`);
  return other;
}

test("an instance on another installation's database refuses to start, and deletes nothing", async () => {
  await newWaitingMail();
  const before = await holdings();
  await using other = await otherDatabase();
  const env = { DATABASE_URL: other.address.url };
  await expect(startFleet(stack.context, { runtime: "bun", name: "lost", env })).rejects.toThrow(
    `belong to installation ${installationId}, and the database to ins_other`,
  );
  expect(await holdings()).toEqual(before);
});

test("an instance on an empty database refuses to start, and deletes nothing", async () => {
  await newWaitingMail();
  const before = await holdings();
  await using other = await otherDatabase();
  await other.db.execute(sql`drop schema public cascade`);
  await other.db.execute(sql`create schema public`);
  const env = { DATABASE_URL: other.address.url };
  await expect(startFleet(stack.context, { runtime: "bun", name: "empty", env })).rejects.toThrow(
    "found no installation id in it",
  );
  expect(await holdings()).toEqual(before);
});

test("streams of an installation that is older than marks are marked at the first start", async () => {
  for (const name of STREAMS)
    await stack.bus.jsm.streams.update(name, { metadata: { own: "kept" } });
  await using _bus = await connectAs(installationId);
  for (const mark of await marks()) {
    expect(mark).toMatchObject({ own: "kept", superimap_installation: installationId });
  }
  await expect(connectAs("ins_other")).rejects.toThrow("belong to installation");
});

test("instances with the same settings update no stream at their start, and a changed setting updates one", async () => {
  const updated: string[] = [];
  const advisories = stack.bus.connection.subscribe("$JS.EVENT.ADVISORY.STREAM.>", {
    callback: (_error, { subject }) => void updated.push(subject.split(".").slice(-2).join(" ")),
  });
  for (const sizes of [
    SIZES,
    SIZES,
    { ...SIZES, deadBytes: 2 ** 25 },
    { ...SIZES, deadBytes: 2 ** 25 },
  ]) {
    await using _bus = await connectAs(installationId, sizes);
  }
  // For this new stream, NATS also sends an advisory (a message about a change). When this advisory
  // arrives, all earlier advisories have arrived.
  await stack.bus.jsm.streams.add({ name: "LAST", subjects: ["ctl.last"] });
  await eventually("the last advisory", () => updated.includes("CREATED LAST") || undefined);
  advisories.unsubscribe();
  expect(updated).toEqual(["UPDATED DEAD", "CREATED LAST"]);
});

test("a lane that is opened again is updated only where its settings changed", async () => {
  const { bus } = stack;
  await openLaneConsumer(bus, "prt_steady", 100);
  const asked: string[] = [];
  const questions = bus.connection.subscribe("$JS.API.CONSUMER.>", {
    callback: (_error, { subject }) => void asked.push(subject.split(".").slice(3, 5).join(" ")),
  });
  const writes = () => asked.filter((verb) => !verb.startsWith("INFO"));
  await openLaneConsumer(bus, "prt_steady", 100);
  await bus.connection.flush();
  expect(asked).not.toEqual([]);
  expect(writes()).toEqual([]);
  await openLaneConsumer(bus, "prt_steady", 200);
  await bus.connection.flush();
  expect(writes()).toHaveLength(1);
  questions.unsubscribe();
  const { config } = await bus.jsm.consumers.info(EVENTS, laneConsumer("prt_steady"));
  expect(config.max_ack_pending).toBe(200);
});

test("partners that are missing but were never removed keep their lanes and waiting events", async () => {
  const user = await newWaitingMail();
  const before = await holdings();
  // TRUNCATE runs no delete triggers. So the database has no record that these partners were
  // removed.
  await stack.db.execute(sql`truncate partners cascade`);
  await using _role = runRole(stack);
  await eventually("it to be said", () =>
    stack.log.lines.some(
      (line) => line.includes("lane.unexplained") && line.includes(user.partner.id),
    )
      ? true
      : undefined,
  );
  expect(await holdings()).toEqual(before);
});

test("a process whose next connection leads to another database does not use it, and continues when its own is back", async () => {
  await using other = await otherDatabase();
  await using endpoint = await startEndpoint();
  const { database } = stack.context;
  await using own = openTcpDatabase({ url: stack.databaseUrl, maxConnections: 2 });
  own.acceptBy((connection) => expectInstallation(connection, installationId));
  const user = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  await using _role = runRole({ ...stack, db: own.db });
  await publishMail(stack, user);
  await eventually("its webhook", () => endpoint.posted[0]);

  const client = new pg.Client(postgresUrl({ ...stack.context, database: "postgres" }));
  await client.connect();
  const swap = async (from: string, to: string) => {
    const [a, b] = [from, to].map((name) => client.escapeIdentifier(name));
    // PostgreSQL cannot rename a database while a client is connected to it.
    for (const name of [a, b]) await client.query(`alter database ${name} allow_connections false`);
    await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname in ($1, $2)",
      [from, to],
    );
    await client.query(`alter database ${a} rename to swapped`);
    await client.query(`alter database ${b} rename to ${a}`);
    await client.query(`alter database swapped rename to ${b}`);
    for (const name of [a, b]) await client.query(`alter database ${name} allow_connections true`);
  };
  const lane = laneConsumer(user.partner.id);
  const said = stack.log.lines.length;
  await swap(database, other.context.database);
  await eventually("it to be refused", () =>
    stack.log.lines
      .slice(said)
      .some((line) => line.includes("found the database of installation ins_other"))
      ? true
      : undefined,
  );
  // Deliveries continue while the fleet refuses the database.
  await publishParts(stack, newMail(user));
  await eventually("its second webhook", () => endpoint.posted[1]);
  expect((await holdings()).lanes).toContain(lane);
  await swap(database, other.context.database);
  await client.end();
  const late = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  await publishMail(stack, late);
  await eventually("the webhook of a partner that came later", () => endpoint.posted[2]);
});

test("npm run streams -- adopt gives the streams to another installation on purpose", async () => {
  const adopt = (id: string) =>
    runCommand(process.execPath, {
      args: [inCheckout("ops", "streams.ts"), "adopt", id],
      env: { NATS_URL: stack.natsUrl },
    });
  await expect(adopt("nonsense")).rejects.toThrow("must be an installation's id");
  expect(await adopt("ins_other")).toContain("EVENTS belongs to ins_other");
  await using _bus = await connectAs("ins_other");
  await expect(connectAs(installationId)).rejects.toThrow("belong to installation ins_other");
  await adopt(installationId);
});

test("a process that finds another installation's streams when it connects again publishes nothing, nor its heartbeat", async () => {
  await using bus = await connectAs(installationId);
  const { jsm } = stack.bus;
  const markAs = async (id: string) => {
    for (const name of STREAMS) {
      await jsm.streams.update(name, { metadata: { superimap_installation: id } });
    }
  };
  const roster = new Roster(
    { bus, db: stack.db, clock: systemClock, log: stack.log },
    { instanceId: "moved", intervalMs: 50, ttlMs: 1_000, restartGraceMs: 0 },
  );
  const stop = new AbortController();
  const own = () => ({ role: "all", capacity: 1, users_held: 0 }) as const;
  const running = roster.run(own, stop.signal);
  await eventually("its heartbeats", () => roster.standing() === "claiming" || undefined);
  await markAs("ins_other");
  await stack.programs.nats.restart("SIGKILL");
  await eventually("it to be fenced", () => roster.standing() === "fenced" || undefined);
  const message = { subject: "evt.prt_1.new_mail.usr_1", id: "foreign", payload: "{}" };
  // Requests that were sent while NATS was down fail only after their time limit.
  await eventually("it to be refused", async () => {
    const refused: unknown = await bus.publish(message).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Error);
    return refused instanceof ForeignStreams ? true : undefined;
  });
  // `markAs()` fails until the stack's own connection has noticed that NATS was restarted.
  const isMarked = () =>
    markAs(installationId)
      .then(() => true)
      .catch(() => undefined);
  await eventually("the streams to be marked", isMarked);
  await eventually("its heartbeats", () => roster.standing() === "claiming" || undefined);
  expect(await bus.publish(message)).toMatchObject({ duplicate: false });
  stop.abort();
  await running;
});
