import * as v from "valibot";
import { expect, test } from "vitest";
import { countTraffic } from "../../../db/admin/traffic-minutes.ts";
import { newId } from "../../../shared/ids.ts";
import { insertLetter } from "../../edge/webhooks/insert-letter.ts";
import { insertAttempt, insertMail, newTrafficUser } from "./traffic-rows.ts";
import { useAdmin } from "../use-admin.ts";

const admin = useAdmin();
const stack = () => admin.stack();
const query = (sql: string, values?: unknown[]) => stack().query(sql, values);

const count = v.number();
const latency = v.strictObject({ p50: v.nullable(count), p99: v.nullable(count) });
const overview = v.strictObject({
  instances: v.array(v.looseObject({ id: v.string(), state: v.string() })),
  setup: v.strictObject({ has_partners: v.boolean(), has_connections: v.boolean() }),
  users: v.looseObject({
    by_state: v.array(v.object({ state: v.string(), users: count })),
    to_watch: count,
    held: count,
    unassigned: count,
  }),
  as_of: v.string(),
  open: count,
  problems: v.array(
    v.strictObject({
      ...{ key: v.string(), name: v.string(), urgency: v.string(), href: v.string() },
      ...{ cause: v.string(), effect: v.string(), advice: v.string(), runbook: v.string() },
      list_href: v.nullable(v.string()),
      since: v.nullable(v.string()),
      mark: v.nullable(v.looseObject({ kind: v.string(), by: v.nullable(v.string()) })),
    }),
  ),
  dead_letters_waiting: count,
  minutes: v.array(
    v.strictObject({
      at: v.string(),
      ...{ mails: count, attempts: count, failed: count },
      ...{ latency_p50_ms: v.nullable(count), latency_p99_ms: v.nullable(count) },
    }),
  ),
  latency_ms: latency,
  answer_ms: latency,
  oldest_undelivered: v.nullable(v.looseObject({ at: v.string(), partner_id: v.string() })),
});

async function look() {
  const { browser } = await admin.signedIn();
  return v.parse(overview, (await browser.call("GET", "/overview")).body);
}
const listKeys = ({ problems }: { problems: readonly { key: string }[] }) =>
  problems.map(({ key }) => key);

const beat = (id: string, role: string, state: string, age: string) =>
  query(
    `insert into fleet_instances (id, role, state, capacity, users_held, heartbeat_at)
     values ($1, $2, $3, 100, 40, now() - $4::interval)`,
    [id, role, state, age],
  );

test("an installation without a fleet shows that nobody works", async () => {
  const shown = await look();
  expect(shown.instances).toEqual([]);
  expect(listKeys(shown)).toEqual(["NobodyWatches", "NobodyDelivers"]);
  expect(shown.minutes).toHaveLength(60);
  expect(shown.latency_ms).toEqual({ p50: null, p99: null });
  expect(shown.oldest_undelivered).toBeNull();
  expect(shown.setup).toEqual({ has_partners: false, has_connections: false });
});

test("instances are shown with their users, and silent ones as gone", async () => {
  await beat("all-1", "all", "up", "3 seconds");
  await beat("imap-2", "imap", "up", "5 minutes");
  await beat("imap-3", "imap", "draining", "5 minutes");
  const shown = await look();
  expect(shown.instances).toMatchObject([
    { id: "all-1", role: "all", state: "up", users_held: 40, capacity: 100, region: null },
    { id: "imap-2", state: "gone" },
  ]);
  expect(shown.users).toMatchObject({ held: 40 });
  expect(shown.problems).toMatchObject([
    { key: "InstanceDown/imap-2", cause: expect.stringContaining("imap-2"), href: "/admin/#fleet" },
  ]);
  await query("delete from fleet_instances where id <> 'all-1'");
});

test("there is a warning about an old nats-server", async () => {
  await query(
    "update fleet_instances set region = 'fra', version = '1.2.3', nats_version = '2.9.10'",
  );
  const shown = await look();
  expect(shown.instances).toMatchObject([
    { id: "all-1", region: "fra", version: "1.2.3", nats_version: "2.9.10" },
  ]);
  expect(shown.problems).toMatchObject([
    { key: "NatsOutdated", cause: expect.stringContaining("2.9.10") },
  ]);
  await query("update fleet_instances set nats_version = '2.12.2'");
});

test("users are counted by state, and those for whom there is no room", async () => {
  const user = await newTrafficUser(stack());
  expect((await look()).setup).toEqual({ has_partners: true, has_connections: true });
  await query(
    `insert into users (id, connection_id, tag, state)
     select 'usr_' || n, connection_id, 'many-' || n, 'watching'
     from users, generate_series(1, 104) as n where id = $1`,
    [user.id],
  );
  const { users, problems } = await look();
  expect(users.by_state).toContainEqual({ state: "watching", users: 104 });
  expect(users).toMatchObject({ to_watch: 104, unassigned: 4 });
  expect(problems).toMatchObject([
    { name: "UsersUnassigned", effect: expect.stringContaining("4 users") },
  ]);
  await query("delete from users where tag like 'many-%'");
});

test("mails and attempts are counted per minute, and their latency is measured", async () => {
  const user = await newTrafficUser(stack());
  const [row] = await query("select (now() - interval '1 minute')::text as moment");
  const moment = `'${String(row?.["moment"])}'::timestamptz`;
  for (const state of ["delivered", "delivered", "skipped"]) {
    const eventId = await insertMail(stack(), user, { state, at: moment });
    if (state === "skipped") continue;
    const at = `${moment} + interval '300 ms'`;
    const delivered = { outcome: "delivered", status: 200, at, eventAt: moment };
    await insertAttempt(stack(), user, { eventId, ...delivered });
  }
  const queued = await insertMail(stack(), user, {
    state: "queued",
    at: "now() - interval '10 minutes'",
  });
  await insertAttempt(stack(), user, { eventId: queued, at: "now() - interval '9 minutes'" });
  const shown = await look();
  const sum = (field: "mails" | "attempts" | "failed") =>
    shown.minutes.reduce((total, minute) => total + minute[field], 0);
  expect([sum("mails"), sum("attempts"), sum("failed")]).toEqual([3, 3, 1]);
  // 420 ms: the attempt began 300 ms after the event, and took 120 ms.
  expect(shown.latency_ms).toEqual({ p50: 420, p99: 420 });
  expect(shown.answer_ms).toEqual({ p50: 120, p99: 120 });
  const timed = shown.minutes.filter(({ latency_p50_ms }) => latency_p50_ms !== null);
  expect(timed).toMatchObject([{ attempts: 2, latency_p50_ms: 420, latency_p99_ms: 420 }]);
  expect(shown.oldest_undelivered).toMatchObject({
    partner_id: user.partnerId,
    partner_name: user.partnerName,
  });
});

test("the fleet's counts are shown unchanged, and are counted again while attempts may be late", async () => {
  const before = (await look()).minutes;
  await countTraffic(stack().db);
  const [row] = await query("select count(*)::int as minutes from traffic_minutes");
  expect(row).toEqual({ minutes: 59 });
  const counted = new Map((await look()).minutes.map((minute) => [minute.at, minute]));
  for (const minute of before.slice(2)) expect(counted.get(minute.at)).toEqual(minute);

  await query(
    `update traffic_minutes set mails = 7, attempts = 7, failed = 7
     where minute in (date_bin('1 minute', now() - interval '30 minutes', 'epoch'),
                      date_bin('1 minute', now() - interval '5 minutes', 'epoch'))`,
  );
  await query(
    "insert into traffic_minutes (minute, mails, attempts, failed) values (now() - interval '3 days', 0, 0, 0)",
  );
  await countTraffic(stack().db);
  const kept = await query(
    "select min(minute) > now() - interval '2 hours' as young from traffic_minutes",
  );
  expect(kept).toEqual([{ young: true }]);
  const changed = (await look()).minutes.filter(({ mails }) => mails === 7);
  expect(changed).toMatchObject([{ attempts: 7, failed: 7 }]);
});

test("stopped lanes are problems with their names, and waiting dead letters are counted", async () => {
  const [open, paused] = [await newTrafficUser(stack()), await newTrafficUser(stack())];
  await query(
    `insert into lanes (partner_id, state, reason, in_flight, pending, retrying, instance_id, ingest_paused_at)
     values ($1, 'open', 'the endpoint answered 500', 0, 5, 1, 'all-1', now())`,
    [open.partnerId],
  );
  await query("update partners set paused_at = now(), paused_reason = 'partner' where id = $1", [
    paused.partnerId,
  ]);
  const before = (await look()).dead_letters_waiting;
  await insertLetter(stack(), { id: open.partnerId });
  await insertLetter(stack(), { id: open.partnerId }, { redeliveredAt: new Date().toISOString() });
  const shown = await look();
  expect(shown.dead_letters_waiting).toBe(before + 1);
  const at = (user: typeof open) => ({
    cause: expect.stringContaining(user.partnerName),
    href: `/admin/partners/${user.partnerId}`,
  });
  expect(shown.problems).toMatchObject([
    { name: "BreakerOpen", ...at(open), urgency: "ticket" },
    { name: "IngestPaused", ...at(open), urgency: "ticket" },
    { name: "DeadLetters", href: "/admin/dead-letters" },
    { name: "DeliveriesPaused", ...at(paused), urgency: "info" },
  ]);
  expect(shown.open).toBe(3);
});

test("there is a warning about an admin with the default password", async () => {
  await query(
    "insert into admin_users (id, email, name, password_hash, password_kind) values ($1, 'd@x.test', 'D', 'x', 'default')",
    [newId("adm")],
  );
  expect(listKeys(await look())).toContain("DefaultPassword");
});

test("a problem is acknowledged, muted and unmuted, each with an entry in the audit log", async () => {
  const { browser } = await admin.signedIn();
  const key = "DefaultPassword";
  const mark = async (body: object) => browser.call("POST", "/health/marks", { body });
  const read = async () =>
    v
      .parse(overview, (await browser.call("GET", "/overview")).body)
      .problems.find((one) => one.key === key)?.mark ?? null;
  expect(await mark({ key, kind: "acknowledged" })).toMatchObject({ status: 204 });
  expect(await read()).toMatchObject({ kind: "acknowledged", until: null });
  const { open } = await look();
  expect(await mark({ key, kind: "muted", hours: 8 })).toMatchObject({ status: 204 });
  expect(await read()).toMatchObject({ kind: "muted", by: expect.any(String) });
  const path = `/health/marks?key=${key}`;
  expect(await browser.call("DELETE", path)).toMatchObject({ status: 204 });
  expect(await read()).toBeNull();
  expect((await look()).open).toBe(open + 1);
  expect(await browser.call("DELETE", path)).toMatchObject({ status: 404 });
  expect(await mark({ key: "Something", kind: "muted" })).toMatchObject({ status: 422 });
  expect(await mark({ key, kind: "muted", hours: 1_000 })).toMatchObject({ status: 422 });
  const rows = await query(
    "select action from audit_log where subject_type = 'problem' and subject_id = $1 order by id",
    [key],
  );
  expect(rows.map(({ action }) => action)).toEqual([
    "problem.acknowledged",
    "problem.muted",
    "problem.mark_removed",
  ]);
});
