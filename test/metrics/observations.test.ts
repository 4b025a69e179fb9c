import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { sql } from "drizzle-orm";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { storeFreshness } from "../../db/users/user-freshness.ts";
import { createMetrics, type Metrics } from "../../fleet/metrics/metrics.ts";
import { watchHealth } from "../../fleet/health/watch-health.ts";
import { createNoticeSender } from "../../fleet/health/send-notice.ts";
import { runObservations } from "../../fleet/metrics/observations.ts";
import { createVitals, type Vitals } from "../../fleet/metrics/vitals.ts";
import { openLaneConsumer } from "../../fleet/bus/consumers.ts";
import { systemClock } from "../../shared/clock.ts";
import { newId } from "../../shared/ids.ts";
import { eventually } from "../harness/eventually.ts";
import { startEndpoint } from "../harness/network/endpoint.ts";
import { type OwnFleetStack, startOwnFleetStack } from "../harness/stacks/fleet-stack.ts";

let stack: OwnFleetStack;
beforeAll(async () => {
  stack = await startOwnFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

interface Observed {
  heldUserIds?: string[];
  partnerId?: string;
}

/** Updates the metrics every 50 ms until disposed. */
function observe(metrics: Metrics, { heldUserIds = [], partnerId }: Observed = {}) {
  const { bus, db, log } = stack;
  const stop = new AbortController();
  const deps = {
    bus,
    db,
    log,
    clock: systemClock,
    metrics,
    heldUserIds: () => heldUserIds,
    ownsLane: (id: string) => id === partnerId,
  };
  const running = runObservations(deps, { intervalMs: 50 }, stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

/**
 * How long a test waits for a metric or for readiness. A request to NATS may take 5 s, and the
 * pause after a failed request another 5 s.
 */
const PATIENCE_MS = 30_000;

const shows = (metrics: Metrics, line: string | RegExp) =>
  eventually(
    `the metric ${line}`,
    async () => {
      const lines = (await metrics.registry.metrics()).split("\n");
      return lines.find((one) => (typeof line === "string" ? one === line : line.test(one)));
    },
    PATIENCE_MS,
  );

const makeVitals = (roster: { standing: () => "claiming" | "fenced"; isCutOff?: () => boolean }) =>
  createVitals({
    ...stack,
    clock: systemClock,
    metrics: createMetrics(),
    roster: { isCutOff: () => false, ...roster, live: () => [] },
    heldUserIds: () => [],
    natsSilentMs: () => null,
  });

const untilReady = (vitals: Vitals) =>
  eventually(
    "readiness",
    async () => ((await vitals.missing()).length === 0 ? true : undefined),
    PATIENCE_MS,
  );

async function addUser(partnerId: string, state: string): Promise<string> {
  const connectionId = newId("con");
  const userId = newId("usr");
  await stack.db.execute(sql`
    insert into partner_connections (id, partner_id, provider_id) values (${connectionId}, ${partnerId}, 'prv_plain')
    on conflict do nothing`);
  await stack.db.execute(sql`
    insert into users (id, connection_id, tag, state)
    select ${userId}, id, ${userId}, ${state} from partner_connections where partner_id = ${partnerId}`);
  return userId;
}

test("the held users are shown by their state, and no others", async () => {
  const { id } = await stack.newPartner();
  const held = [await addUser(id, "watching"), await addUser(id, "watching")];
  held.push(await addUser(id, "auth_failed"));
  await addUser(id, "watching");
  const metrics = createMetrics();
  await using _observing = observe(metrics, { heldUserIds: held });
  await shows(metrics, 'superimap_users{state="watching"} 2');
  await shows(metrics, 'superimap_users{state="auth_failed"} 1');
});

test("the freshness and the lag of watched users are measured", async () => {
  const { id } = await stack.newPartner();
  const heard = await addUser(id, "watching");
  const unheard = await addUser(id, "watching");
  const refused = await addUser(id, "auth_failed");
  await stack.db.execute(sql`
    update users set state_changed_at = now() - interval '3 hours',
      last_heard_at = case id when ${heard} then now() - interval '100 seconds' end
    where id in (${heard}, ${unheard})`);
  await stack.db.execute(
    sql`update users set state_changed_at = now() - interval '3 days' where id = ${refused}`,
  );
  await storeFreshness(stack.db, {
    heardAt: new Map([[heard, new Date(0)]]),
    caughtUpAt: new Map([[heard, new Date(Date.now() - 720_000)]]),
  });
  const metrics = createMetrics();
  await using _observing = observe(metrics, { heldUserIds: [heard, unheard, refused] });
  await shows(metrics, /^superimap_freshness_seconds\{statistic="p50"\} 1\d\d\./);
  await shows(metrics, /^superimap_freshness_seconds\{statistic="max"\} 108\d\d\./);
  await shows(metrics, /^superimap_lag_seconds\{statistic="p50"\} 7\d\d$/);
  await shows(metrics, /^superimap_lag_seconds\{statistic="max"\} 108\d\d$/);
});

test("a lane's depth and the age of its oldest event are shown", async () => {
  const { id: partnerId } = await stack.newPartner();
  const { bus } = stack;
  const consumer = await openLaneConsumer(bus, partnerId, 100);
  for (const id of ["a", "b", "c"]) {
    const subject = `evt.${partnerId}.new_mail.usr_1`;
    await bus.publish({ subject, id: `${partnerId}:${id}`, payload: "{}" });
  }
  const metrics = createMetrics();
  await using _observing = observe(metrics, { partnerId });
  await shows(metrics, 'superimap_lane_pending_events{statistic="max"} 3');
  await shows(metrics, /^superimap_oldest_undelivered_seconds 0\.\d*[1-9]/);
  const messages = await consumer.fetch({ max_messages: 3, expires: 5_000 });
  const taken = [];
  for await (const message of messages) taken.push(message);
  await shows(metrics, 'superimap_lane_unacknowledged_events{statistic="sum"} 3');
  for (const message of taken) await message.ackAck();
  await shows(metrics, 'superimap_lane_unacknowledged_events{statistic="sum"} 0');
  await shows(metrics, "superimap_oldest_undelivered_seconds 0");
});

test("waiting rows of the outbox are measured with their age", async () => {
  const { id: partnerId } = await stack.newPartner();
  const metrics = createMetrics();
  await using _observing = observe(metrics);
  await stack.db.execute(sql`
    insert into outbox (kind, partner_id, payload, created_at)
    values ('partner_changed', ${partnerId}, '{}', now() - interval '5 minutes')`);
  await shows(metrics, /^superimap_outbox_waiting [1-9]/);
  await shows(metrics, /^superimap_outbox_oldest_seconds 30\d/);
});

test("an outage of NATS removes its figures and readiness, and both recover", async () => {
  const { nats } = stack.programs;
  const metrics = createMetrics();
  const vitals = makeVitals({ standing: () => "claiming" });
  await using _observing = observe(metrics);
  const bytes = 'superimap_stream_max_bytes{stream="EVENTS"} 67108864';
  await shows(metrics, bytes);
  expect(await vitals.missing()).toEqual([]);
  await nats.stop("SIGKILL");
  try {
    await eventually(
      "the figures to go",
      async () => ((await metrics.registry.metrics()).includes(bytes) ? undefined : true),
      PATIENCE_MS,
    );
    expect(await vitals.missing()).toEqual(["nats"]);
  } finally {
    await nats.start();
  }
  await shows(metrics, bytes);
  await untilReady(vitals);
});

test("an outage of Postgres is reported and removes its figures, and both recover", async () => {
  const metrics = createMetrics();
  const vitals = makeVitals({ standing: () => "claiming" });
  await using _observing = observe(metrics);
  await shows(metrics, /^superimap_outbox_waiting \d/);
  const { postgres } = stack.programs;
  await postgres.stop("SIGINT");
  try {
    expect(await vitals.missing()).toEqual(["postgres"]);
    await eventually(
      "the figures to go",
      async () => {
        const text = await metrics.registry.metrics();
        return /^superimap_outbox_waiting /m.test(text) ? undefined : true;
      },
      PATIENCE_MS,
    );
  } finally {
    await postgres.start();
  }
  await untilReady(vitals);
  await shows(metrics, /^superimap_outbox_waiting \d/);
});

test("an instance that is cut off from Postgres is not ready, with the reason", async () => {
  const vitals = makeVitals({ standing: () => "claiming", isCutOff: () => true });
  expect(await vitals.missing()).toEqual(["cut off from postgres"]);
});

test("a fenced instance is not ready", async () => {
  expect(await makeVitals({ standing: () => "fenced" }).missing()).toEqual(["heartbeat"]);
});

test("problems are counted, and each is announced once, when it lasts and when it is over", async () => {
  const metrics = createMetrics();
  await using endpoint = await startEndpoint();
  await using mailServer = await startMailbox();
  const stop = new AbortController();
  const heartbeat = { role: "all", state: "up", capacity: 1, users_held: 0, grace_ms: 0 } as const;
  const first = { instanceId: "first", createdMs: Date.now(), heartbeat };
  const { db, log } = stack;
  const deps = { db, log, clock: systemClock, metrics, roster: { live: () => [first] } };
  const send = createNoticeSender(stack, {
    publicUrl: "https://mail.x.test",
    webhookUrl: endpoint.url,
    mail: { smtpUrl: mailServer.url, from: "superimap@x.test", to: ["ops@x.test"] },
  });
  const settings = { instanceId: "first", intervalMs: 50 };
  const watching = watchHealth({ ...deps, send }, settings, stop.signal);
  await using _ = {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await watching;
    },
  };
  await shows(metrics, 'superimap_problems{name="NobodyWatches",severity="page"} 1');
  await shows(metrics, 'superimap_problems{name="EndpointSlow",severity="ticket"} 0');
  expect(endpoint.posted).toEqual([]);
  const age = (key: string, column: "first_seen_at" | "seen_at") =>
    db.execute(
      sql`update health_problems set ${sql.identifier(column)} = now() - interval '2 minutes' where key = ${key}`,
    );
  const untilSent = (count: number) =>
    eventually(`${count} notices`, () =>
      endpoint.posted.length >= count && mailServer.mails.length >= count ? true : undefined,
    );
  await age("NobodyWatches", "first_seen_at");
  await untilSent(1);
  await db.execute(
    sql`insert into fleet_instances (id, role, state, capacity, users_held, heartbeat_at)
        values ('first', 'all', 'up', 1000, 0, now())`,
  );
  await shows(metrics, 'superimap_problems{name="NobodyWatches",severity="page"} 0');
  await age("NobodyWatches", "seen_at");
  await age("NobodyDelivers", "seen_at");
  await untilSent(2);
  const [begun, over] = endpoint.posted.map(({ body }) => body);
  expect(begun).toContain("*Urgent: No fleet instance that watches mailboxes is running*");
  expect(begun).toContain("https://mail.x.test/admin/users?scope=active");
  expect(over).toContain("*Over: No fleet instance that watches mailboxes is running*");
  expect(mailServer.mails[0]).toMatch(/^To: ops@x.test\r\nSubject: Urgent: No fleet instance/m);
  // It was never announced, so its end is not announced either.
  await eventually("the other problem to be forgotten", async () => {
    const { rows } = await db.execute(
      sql`select key from health_problems where key = 'NobodyDelivers'`,
    );
    return rows.length === 0 ? true : undefined;
  });
  expect(endpoint.posted).toHaveLength(2);
});

/** Starts a mail server that keeps what it receives. */
async function startMailbox() {
  const mails: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    onData(stream, _session, done) {
      buffer(stream).then((raw) => {
        mails.push(raw.toString());
        done(null);
      }, done);
    },
  });
  const server = smtp.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        smtp.close(() => resolve());
      }),
  };
}
