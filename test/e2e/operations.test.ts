import { expect, test } from "vitest";
import { claimPort, HOST } from "../../dev/processes/free-port.ts";
import { type Cluster, startCluster } from "../faults/cluster.ts";
import { eventually } from "../harness/eventually.ts";

/** Starts one fleet process. Returns the base URL of its metrics server. */
async function startMeasured(cluster: Cluster, env: Record<string, string> = {}): Promise<string> {
  const port = await claimPort();
  await cluster.join("measured", { METRICS_PORT: String(port), ...env });
  return `http://${HOST}:${port}`;
}

const scrape = async (url: string) => (await fetch(`${url}/metrics`)).text();
const readiness = async (url: string) => (await fetch(`${url}/readyz`)).status;
const until = (url: string, status: number) =>
  eventually(`/readyz to answer ${status}`, async () =>
    (await readiness(url)) === status ? true : undefined,
  );

test("a process measures its users and its mails", async () => {
  await using cluster = await startCluster(2);
  const url = await startMeasured(cluster);
  await cluster.watchfulness.untilAllWatched(cluster.logins);
  cluster.ledger.send(1);
  await cluster.ledger.settle();
  const text = await eventually("the attempt to be counted", async () => {
    const shown = await scrape(url);
    return shown.includes('outcome="delivered"') ? shown : undefined;
  });
  for (const line of [
    "superimap_users_held 2",
    "superimap_users_unassigned 0",
    "superimap_instances 1",
    'superimap_standing{standing="claiming"} 1',
    'superimap_logins_total{result="ok"} 2',
    'superimap_mails_total{outcome="published",reason="none"} 1',
    'superimap_published_total{stream="EVENTS"} 1',
    'superimap_published_total{stream="BODIES"} 1',
    'superimap_attempts_total{kind="new_mail",outcome="delivered",status="2xx"} 1',
    "superimap_delivery_latency_seconds_count 1",
  ]) {
    expect(text.split("\n")).toContain(line);
  }
  expect(text).toMatch(/^process_resident_memory_bytes [1-9]/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
});

// Takes at least 10 s, because the fleet prints these lines every 10 s.
test("SuperIMAP's lines are printed if they are enabled", async () => {
  await using cluster = await startCluster(2);
  await cluster.join("measured", { LIBRATO_METRICS: "true" });
  await cluster.watchfulness.untilAllWatched(cluster.logins);
  cluster.ledger.send(3);
  await cluster.ledger.settle();
  for (const line of [
    "source=measured measure#imap_client.user_thread.count=2",
    "source=measured measure#imap_client.work_queue.length=0",
    "source=measured sample#imap_client.total_emails_processed=3",
    "source=measured count#app.call_new_mail_webhook.count=3",
  ]) {
    await eventually(line, async () => ((await cluster.lines()).includes(line) ? true : undefined));
  }
});

test("a process is alive but not ready while NATS or Postgres is down, and ready again afterwards", async () => {
  await using cluster = await startCluster(0);
  const url = await startMeasured(cluster);
  await until(url, 200);
  const { nats, postgres } = cluster.programs;
  for (const { program, stopSignal } of [
    { program: nats, stopSignal: "SIGKILL" },
    { program: postgres, stopSignal: "SIGINT" },
  ] as const) {
    await program.stop(stopSignal);
    await until(url, 503);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    await program.start();
    await until(url, 200);
  }
});
