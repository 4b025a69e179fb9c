import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCluster } from "../faults/cluster.ts";
import { eventually } from "../harness/eventually.ts";
import { type NatsCluster, startNatsCluster } from "./nats-cluster.ts";

let nats: NatsCluster;
beforeAll(async () => {
  nats = await startNatsCluster();
});
afterAll(() => nats?.[Symbol.asyncDispose]());

/** Connects as this NATS user and calls `use`. The user's password equals its name. */
async function as(user: string, use: (connection: NatsConnection) => Promise<void>): Promise<void> {
  const connection = await connect({
    servers: nats.servers.map(({ url }) => url),
    user,
    pass: user,
    tls: { caFile: nats.caFile },
    maxReconnectAttempts: 0,
  });
  try {
    await use(connection);
  } finally {
    await connection.close();
  }
}

const VIOLATION = /permission/i;

// Takes at least 11 s: the other two servers must notice that the third is down, then elect a
// leader.
test("the fleet works over TLS on three servers, and continues without one of them", async () => {
  await using fleet = await startCluster(2);
  await fleet.join("clustered", nats.fleetSettings);
  await fleet.watchfulness.untilAllWatched(fleet.logins);
  fleet.ledger.send(20);
  await fleet.ledger.settle();
  await as("monitor", async (connection) => {
    const jsm = await jetstreamManager(connection);
    for (const name of ["EVENTS", "BODIES", "DEAD", "ATTEMPTS", "KV_FLEET"]) {
      expect((await jsm.streams.info(name)).config.num_replicas).toBe(3);
    }
  });
  await nats.servers[0]?.program.stop("SIGKILL");
  fleet.ledger.send(20);
  await fleet.ledger.settle();
  await nats.servers[0]?.program.start();
});

test("a NATS user has only the permissions for its purpose", async () => {
  await as("fleet", async (connection) => {
    const jsm = await jetstreamManager(connection);
    await jsm.streams.add({ name: "SPARE", subjects: ["ctl.spare"], num_replicas: 1 });
    await jetstream(connection).publish("ctl.spare", "x");
    await expect(jsm.streams.delete("SPARE")).rejects.toThrow(VIOLATION);
  });
  await as("monitor", async (connection) => {
    const jsm = await jetstreamManager(connection);
    expect((await jsm.streams.info("SPARE")).state.messages).toBe(1);
    await expect(jsm.streams.purge("SPARE")).rejects.toThrow(VIOLATION);
    await expect(jetstream(connection).publish("ctl.spare", "x")).rejects.toThrow(VIOLATION);
  });
  await as("operator", async (connection) => {
    await expect(jetstream(connection).publish("ctl.spare", "x")).rejects.toThrow(VIOLATION);
    const jsm = await jetstreamManager(connection);
    await jsm.streams.purge("SPARE");
    expect(await jsm.streams.delete("SPARE")).toBe(true);
  });
});

test("stored messages are not readable in the files of the servers", async () => {
  const secret = "nobody reads this";
  await as("fleet", async (connection) => {
    const jsm = await jetstreamManager(connection);
    // An earlier test restarted a server, which may still be joining the cluster.
    await eventually("three servers for a stream", () =>
      jsm.streams
        .add({ name: "SECRET", subjects: ["ctl.secret"], num_replicas: 3 })
        .catch(() => undefined),
    );
    await jetstream(connection).publish("ctl.secret", secret);
    const { data } = (await jsm.streams.getMessage("SECRET", { seq: 1 })) ?? {};
    expect(new TextDecoder().decode(data)).toBe(secret);
  });
  const entries = await readdir(nats.storeFolder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.parentPath.includes("SECRET"));
  expect(files.length).toBeGreaterThan(3);
  const all = entries.filter((entry) => entry.isFile());
  const texts = all.map(({ parentPath, name }) => readFile(join(parentPath, name)));
  for (const bytes of await Promise.all(texts)) expect(bytes.includes(secret)).toBe(false);
});

test("clients without a password, or without trust in the authority, cannot connect", async () => {
  const servers = nats.servers[1]?.url ?? "";
  const { caFile } = nats;
  await expect(connect({ servers, tls: { caFile } })).rejects.toThrow(/authorization/i);
  await expect(connect({ servers, user: "fleet", pass: "fleet", tls: {} })).rejects.toThrow(
    /certificate/i,
  );
});
