import { setTimeout as delay } from "node:timers/promises";
import { connect } from "@nats-io/transport-node";
import { afterEach, expect, test } from "vitest";
import { type NatsCluster, startNatsCluster } from "../deploy/nats-cluster.ts";
import { eventually } from "../harness/eventually.ts";
import { type Cluster, startCluster } from "./cluster.ts";

const USERS = 12;
/** Longer than the servers take to elect another leader. */
const FROZEN_MS = 20_000;

let nats: NatsCluster;
let fleet: Cluster;
afterEach(async () => {
  await fleet?.[Symbol.asyncDispose]();
  await nats?.[Symbol.asyncDispose]();
});

/** Has the streams and lanes elect other leaders. */
async function stepDown(): Promise<void> {
  const connection = await connect({
    servers: nats.servers.map(({ url }) => url),
    user: "operator",
    pass: "operator",
    tls: { caFile: nats.caFile },
  });
  // Nobody answers while there is no leader that could step down.
  const ask = (subject: string) =>
    eventually(`an answer to ${subject}`, () =>
      connection.request(`$JS.API.${subject}`, "", { timeout: 2_000 }).catch(() => undefined),
    );
  for (const stream of ["EVENTS", "BODIES", "ATTEMPTS", "KV_FLEET"]) {
    await ask(`STREAM.LEADER.STEPDOWN.${stream}`);
  }
  await ask("CONSUMER.LEADER.STEPDOWN.ATTEMPTS.write-attempts");
  await connection.close();
}

async function failWebhooks(times: number): Promise<void> {
  const body = JSON.stringify({ status: 500, times });
  await fetch(`${fleet.sink.url}/behave`, { method: "POST", body });
}

// Takes a minute and a half: two elections, and a server that is frozen for longer than one takes.
test("of three servers one is killed, one frozen, and leaders change while retries wait: nothing is lost, and all goes on", async () => {
  nats = await startNatsCluster();
  fleet = await startCluster(USERS);
  const settings = { ...nats.fleetSettings, TRIM_INTERVAL: "1", TRIM_AGE: "1" };
  await Promise.all([fleet.join("a", settings), fleet.join("b", settings)]);
  await fleet.untilShared(["a", "b"]);
  const [first, second] = nats.servers;
  if (!first || !second) throw new Error("No servers");
  const stop = new AbortController();
  const sending = fleet.ledger.keepSending(5, stop.signal);

  await first.program.stop("SIGKILL");
  await delay(2_000);
  await first.program.start();

  await failWebhooks(20);
  await stepDown();

  process.kill(second.program.pid, "SIGSTOP");
  await delay(FROZEN_MS);
  process.kill(second.program.pid, "SIGCONT");

  stop.abort();
  await sending;
  const { sent, doubled } = await fleet.ledger.settle();
  console.log(`one of three servers killed, one frozen: 0 of ${sent} lost, ${doubled} came again`);
  const trimmed = async () => (await fleet.logged("stream.trimmed")).length;
  const before = await trimmed();
  fleet.ledger.send(10);
  await fleet.ledger.settle();
  await eventually("the trimmer to go on", async () => (await trimmed()) > before || undefined);
  expect(await fleet.logged("fleet.broken")).toEqual([]);
});
