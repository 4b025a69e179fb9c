import * as v from "valibot";
import { expect, test } from "vitest";
import { countTrafficPoints } from "../../../db/traffic/count-points.ts";
import { newId } from "../../../shared/ids.ts";
import { useAdmin } from "../use-admin.ts";
import { insertAttempt, insertMail, newTrafficUser, type TrafficUser } from "./traffic-rows.ts";

const admin = useAdmin();
const stack = () => admin.stack();
const query = (sql: string, values?: unknown[]) => stack().query(sql, values);

const chart = v.object({
  point_s: v.number(),
  points: v.array(
    v.object({
      ...{ at: v.string(), mails: v.number(), attempts: v.number(), failed: v.number() },
      ...{ success_rate: v.nullable(v.number()), latency_p50_ms: v.nullable(v.number()) },
      ...{ latency_p99_ms: v.nullable(v.number()), backlog: v.number(), oldest_s: v.number() },
    }),
  ),
});
const list = v.object({
  shares: v.array(
    v.object({
      ...{ id: v.string(), name: v.string(), mails: v.number(), attempts: v.number() },
      ...{ failed: v.number(), success_rate: v.nullable(v.number()) },
      latency_p50_ms: v.nullable(v.number()),
    }),
  ),
  has_more: v.boolean(),
});

async function look(path: string) {
  const { browser } = await admin.signedIn();
  return (await browser.call("GET", path)).body;
}
async function sumOf(path: string) {
  const { points } = v.parse(chart, await look(path));
  const sum = (field: "mails" | "attempts" | "failed") =>
    points.reduce((total, point) => total + point[field], 0);
  return [sum("mails"), sum("attempts"), sum("failed")];
}

/** A time at which hours and days are added up too. Rows of the test are older. */
async function countNow() {
  const [row] = await query("select date_bin('5 minutes', now(), 'epoch') as at");
  const at = v.parse(v.object({ at: v.date() }), row).at;
  await countTrafficPoints(stack().db, at.getTime() + 5 * 60_000);
}

async function deliver(user: TrafficUser, { ms = 300, failures = 0 } = {}) {
  const at = "now() - interval '2 minutes'";
  const eventId = await insertMail(stack(), user, { at });
  for (let attempt = 1; attempt <= failures; attempt++)
    await insertAttempt(stack(), user, { eventId, attempt, at });
  await insertAttempt(stack(), user, {
    ...{ eventId, attempt: failures + 1, at, outcome: "delivered", status: 200, eventAt: at },
    durationMs: ms,
  });
}

test("mails, attempts, latency and backlog are shown by partner, provider and user", async () => {
  const [good, bad] = [await newTrafficUser(stack()), await newTrafficUser(stack())];
  for (const ms of [100, 100, 4_000]) await deliver(good, { ms });
  await deliver(bad, { failures: 3 });
  const colleague = newId("usr");
  await query(
    `insert into users (id, connection_id, tag)
     select $1, connection_id, 'colleague' from users where id = $2`,
    [colleague, good.id],
  );
  await deliver({ ...good, id: colleague });
  await query(
    `insert into lanes (partner_id, state, in_flight, pending, retrying, oldest_at, instance_id)
     values ($1, 'open', 1, 5, 2, now() - interval '90 s', 'all-1')`,
    [bad.partnerId],
  );
  await countNow();
  await countNow();

  for (const range of ["hour", "day", "week", "month"]) {
    const of = (rest = "") => sumOf(`/traffic?range=${range}${rest}`);
    expect(await of()).toEqual([5, 8, 3]);
    expect(await of(`&partner_id=${good.partnerId}`)).toEqual([4, 4, 0]);
    expect(await of(`&partner_id=${bad.partnerId}&provider_id=prv_plain`)).toEqual([1, 4, 3]);
    expect(await of(`&user_id=${good.id}`)).toEqual([3, 3, 0]);
    expect(await of("&provider_id=prv_nobody")).toEqual([0, 0, 0]);

    const { shares } = v.parse(list, await look(`/traffic/shares?by=partner&range=${range}`));
    expect(shares).toMatchObject([
      { id: bad.partnerId, name: bad.partnerName, attempts: 4, failed: 3, success_rate: 0.25 },
      { id: good.partnerId, attempts: 4, failed: 0, success_rate: 1 },
    ]);
    const providers = await look(`/traffic/shares?by=provider&range=${range}`);
    expect(v.parse(list, providers).shares).toMatchObject([{ id: "prv_plain", mails: 5 }]);
  }
  const { points } = v.parse(chart, await look(`/traffic?partner_id=${good.partnerId}`));
  const [point] = points.filter(({ attempts }) => attempts > 0);
  expect(point?.latency_p50_ms).toBeGreaterThan(85);
  expect(point?.latency_p50_ms).toBeLessThan(115);
  expect(point?.latency_p99_ms).toBeGreaterThan(3_500);
  expect(point?.latency_p99_ms).toBeLessThan(4_500);
  const waiting = v.parse(chart, await look(`/traffic?partner_id=${bad.partnerId}`)).points;
  const [backlog] = waiting.filter((one) => one.backlog > 0);
  expect(backlog?.backlog).toBe(8);
  expect(backlog?.oldest_s).toBeGreaterThanOrEqual(90);
});

test("points that are too old are deleted", async () => {
  await query(
    `insert into traffic_points (step, start, partner_id, provider_id)
     values ('minute', now() - interval '4 hours', '', ''), ('day', now() - interval '32 days', '', ''),
            ('day', now() - interval '30 days', '', '')`,
  );
  await countNow();
  const kept = await query(
    `select count(*)::int as rows from traffic_points
     where start < now() - interval '3 hours' and step in ('minute', 'day') and mails = 0`,
  );
  expect(kept).toEqual([{ rows: 1 }]);
});

test.each(["range=year", "partner_id=1", "user_id=prt_1", "by=user"])(
  "a request with %s is refused",
  async (asked) => {
    const path = asked.startsWith("by") ? "/traffic/shares" : "/traffic";
    expect(await look(`${path}?${asked}`)).toMatchObject({ status: 422 });
  },
);
