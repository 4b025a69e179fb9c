import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { pauseLane } from "../../../db/deliveries/lane-pauses.ts";
import { type LaneReport, reportLanes } from "../../../db/deliveries/lanes.ts";
import { useEdge } from "../use-edge.ts";

const edge = useEdge();

const report = (partnerId: string, values: Partial<LaneReport>): LaneReport => ({
  partnerId,
  state: "running",
  reason: null,
  openUntil: null,
  inFlight: 1,
  pending: 2,
  retrying: 3,
  oldestAt: new Date("2026-11-01T00:00:00Z"),
  lettersFullAt: null,
  oldestInFlightAt: null,
  recentAttempts: 0,
  recentFailures: 0,
  answerP50Ms: null,
  answerP99Ms: null,
  ...values,
});

test("webhooks are shown with the state of their lane", async () => {
  const { id, call } = await edge.newPartner({
    newMailWebhook: "https://me:word@partner.example/mail",
  });
  expect((await call("GET", "/webhooks")).body).toMatchObject({
    new_mail_webhook: "https://me:***@partner.example/mail",
    user_connected_webhook: null,
    payload_format: "superimap",
    ordered: false,
    paused_at: null,
    paused_by: null,
    lane: { state: "unreported", pending: 0, reported_at: null },
  });

  const { db } = edge.stack();
  await reportLanes(db, "one", [report(id, {})]);
  expect((await call("GET", "/webhooks")).body).toMatchObject({
    lane: {
      state: "running",
      description: "Events are delivered as they arrive.",
      in_flight: 1,
      pending: 2,
      retrying: 3,
      oldest_at: "2026-11-01T00:00:00.000Z",
    },
  });

  const openUntil = new Date("2026-11-02T00:00:00Z");
  const open = { state: "open", reason: "the endpoint answered 500", openUntil } as const;
  await reportLanes(db, "two", [report(id, open)]);
  expect((await call("GET", "/webhooks")).body).toMatchObject({
    lane: {
      state: "open",
      description: expect.stringContaining("the endpoint answered 500"),
      open_until: "2026-11-02T00:00:00.000Z",
    },
  });

  await db.execute(sql`update lanes set reported_at = now() - interval '2 minutes'`);
  expect((await call("GET", "/webhooks")).body).toMatchObject({ lane: { state: "unreported" } });
});

test("a report about a removed partner is left out", async () => {
  await reportLanes(edge.stack().db, "one", [report("prt_nobody", {})]);
  expect(await edge.stack().query("select 1 from lanes where partner_id = 'prt_nobody'")).toEqual(
    [],
  );
});

test("a lane is paused and resumed once each, with an audit row and a poke to the fleet", async () => {
  const { id, call } = await edge.newPartner();
  for (let i = 0; i < 2; i++) {
    expect(await call("POST", "/webhooks/pause")).toMatchObject({
      status: 200,
      body: { paused_at: expect.any(String), paused_by: "partner", lane: { state: "paused" } },
    });
  }
  for (let i = 0; i < 2; i++) {
    expect(await call("POST", "/webhooks/resume")).toMatchObject({
      status: 200,
      body: { paused_at: null, paused_by: null },
    });
  }
  const { query } = edge.stack();
  const audit = await query(
    "select action, actor, details from audit_log where subject_id = $1 order by at",
    [id],
  );
  const said = { actor: `partner:${id}`, details: { reason: "partner" } };
  expect(audit).toEqual([
    { action: "lane.paused", ...said },
    { action: "lane.resumed", ...said },
  ]);
  expect(await query("select kind from outbox where partner_id = $1", [id])).toEqual([
    { kind: "partner_changed" },
    { kind: "partner_changed" },
  ]);
});

test("a partner can end a pause by the guard, but not one by an administrator", async () => {
  const { db } = edge.stack();
  const guarded = await edge.newPartner();
  await pauseLane(db, guarded.id, { reason: "forbidden", actor: "webhook" });
  expect((await guarded.call("GET", "/webhooks")).body).toMatchObject({
    paused_by: "guard",
    lane: { state: "paused", description: expect.stringContaining("answered 403") },
  });
  expect((await guarded.call("POST", "/webhooks/resume")).status).toBe(200);

  const stopped = await edge.newPartner();
  await pauseLane(db, stopped.id, { reason: "admin", actor: "admin" });
  expect(await stopped.call("POST", "/webhooks/resume")).toMatchObject({
    status: 409,
    body: { code: "conflict", detail: expect.stringContaining("administrator") },
  });
  expect(await stopped.call("POST", "/webhooks/pause")).toMatchObject({
    status: 200,
    body: { paused_by: "admin" },
  });
});

test("unknown fields are refused", async () => {
  const { call } = await edge.newPartner();
  for (const path of ["/webhooks/pause", "/webhooks/resume"]) {
    expect(await call("POST", path, { body: { partner_id: "prt_other" } })).toMatchObject({
      status: 422,
      body: { code: "invalid-input" },
    });
  }
});
