import { expect, test } from "vitest";
import { newTrafficUser, type TrafficUser } from "./traffic-rows.ts";
import { useAdmin } from "../use-admin.ts";

const admin = useAdmin();

const SENT = "2026-11-22T10:00:00Z";

async function insertTracer(
  user: TrafficUser,
  secondsAfter: number,
  answeredAfterMs: number | null,
) {
  const uid = crypto.randomUUID();
  const sentMs = Date.parse(SENT) + secondsAfter * 1_000;
  await admin
    .stack()
    .query("insert into tracer_logs (uid, user_id, sent_at, answered_at) values ($1, $2, $3, $4)", [
      uid,
      user.id,
      new Date(sentMs),
      answeredAfterMs === null ? null : new Date(sentMs + answeredAfterMs),
    ]);
  return uid;
}

const nowhere = {
  event_id: null,
  delivery_test: false,
  seen_at: null,
  published_at: null,
  answered_at: null,
  seen_after_ms: null,
  published_after_ms: null,
  answered_after_ms: null,
  latency_ms: null,
  send_error: null,
};

test("tracers are shown newest first, with how long they took", async () => {
  const { browser } = await admin.signedIn();
  const user = await newTrafficUser(admin.stack());
  const quick = await insertTracer(user, 0, 850);
  const lost = await insertTracer(user, 60, null);
  const list = async (query = "") =>
    (await browser.call("GET", `/tracer-log?user_id=${user.id}${query}`)).body;
  const { partnerId: partner_id, partnerName: partner_name, id: user_id, tag: user_tag } = user;
  const owner = { partner_id, partner_name, user_id, user_tag };
  expect(await list()).toEqual({
    tracers: [
      {
        ...owner,
        ...nowhere,
        uid: lost,
        state: "under_way",
        sent_at: "2026-11-22T10:01:00.000Z",
      },
      {
        ...owner,
        ...nowhere,
        uid: quick,
        state: "arrived",
        sent_at: "2026-11-22T10:00:00.000Z",
        answered_at: "2026-11-22T10:00:00.850Z",
        answered_after_ms: 850,
        latency_ms: 850,
      },
    ],
    next_cursor: null,
    total: { count: 2, is_more: false },
  });
  expect(await list("&sort=at")).toMatchObject({ tracers: [{ uid: quick }, { uid: lost }] });
  expect(await list("&limit=1")).toMatchObject({
    tracers: [{ uid: lost }],
    next_cursor: expect.any(String),
  });
});

test("the log goes on at its cursor, for all users", async () => {
  const { browser } = await admin.signedIn();
  const user = await newTrafficUser(admin.stack());
  const [second, first] = [await insertTracer(user, 1e6, 1), await insertTracer(user, 2e6, 1)];
  const call = (query: string) => browser.call("GET", `/tracer-log?limit=1${query}`);
  const { body } = await call("");
  expect(body).toMatchObject({ tracers: [{ uid: first }] });
  const { next_cursor } = body as { next_cursor: string };
  expect((await call(`&cursor=${next_cursor}`)).body).toMatchObject({ tracers: [{ uid: second }] });
});

test("the log can be filtered by partner", async () => {
  const { browser } = await admin.signedIn();
  const user = await newTrafficUser(admin.stack());
  await insertTracer(await newTrafficUser(admin.stack()), 3e6, 1);
  const uid = await insertTracer(user, 3e6, 1);
  const { body } = await browser.call("GET", `/tracer-log?partner_id=${user.partnerId}`);
  expect(body).toMatchObject({ tracers: [{ uid }] });
});

test.each(["user_id=x", "partner_id=x", "cursor=x", "limit=x"])(
  "the log refuses %s",
  async (wrong) => {
    const { browser } = await admin.signedIn();
    const errors = [{ pointer: `/${wrong.split("=")[0]}` }];
    expect(await browser.call("GET", `/tracer-log?${wrong}`)).toMatchObject({
      status: 422,
      body: { code: "invalid-input", errors },
    });
  },
);
