import * as v from "valibot";
import { expect, test } from "vitest";
import { newId } from "../../../shared/ids.ts";
import { insertAttempt, insertMail, newTrafficUser } from "./traffic-rows.ts";
import { useAdmin } from "../use-admin.ts";

const admin = useAdmin();
const stack = () => admin.stack();
const query = (sql: string, values?: unknown[]) => stack().query(sql, values);

const page = v.object({
  events: v.array(v.looseObject({ id: v.string() })),
  next_cursor: v.nullable(v.string()),
  total: v.looseObject({}),
});
const attempts = v.object({ attempts: v.array(v.looseObject({ event_id: v.string() })) });

/** Creates an admin, a user, and functions that read the lists as this admin. */
async function newReader() {
  const { browser } = await admin.signedIn();
  const user = await newTrafficUser(stack());
  const call = async (path: string) => (await browser.call("GET", path)).body;
  const read = async (asked: string) => v.parse(page, await call(`/events?${asked}`));
  const find = async (asked: string) => (await read(asked)).events.map(({ id }) => id);
  const tried = async (asked: string) =>
    v.parse(attempts, await call(`/attempts?${asked}`)).attempts.map(({ event_id }) => event_id);
  return { browser, user, read, find, tried };
}

test("events of all kinds come newest first, page by page, with their last attempt", async () => {
  const { user, read } = await newReader();
  const moment = "date_trunc('hour', now())";
  const mail = await insertMail(stack(), user, { state: "queued", at: moment });
  await insertAttempt(stack(), user, { eventId: mail, at: `${moment} + interval '1 s'` });
  const skipped = await insertMail(stack(), user, {
    state: "skipped",
    reason: "draft",
    at: `${moment} - interval '1 s'`,
  });
  const other = newId("evt");
  await query(
    `insert into user_events (event_id, partner_id, user_id, kind, created_at)
     values ($1, $2, $3, 'user_connected', ${moment} - interval '1 minute')`,
    [other, user.partnerId, user.id],
  );
  const first = await read(`partner_id=${user.partnerId}&limit=2`);
  expect(first.events).toMatchObject([
    {
      id: mail,
      kind: "new_mail",
      state: "queued",
      description: "Last attempt failed: the endpoint answered 500. Retrying.",
      user_tag: user.tag,
      partner_name: user.partnerName,
      message_id: "<1@mail.example>",
      last_attempt: { status: 500, outcome: "retry" },
    },
    { id: skipped, description: "Not delivered. It is a draft.", last_attempt: null },
  ]);
  expect(first.total).toEqual({ count: 3, is_more: false });
  const oldest = await read(`partner_id=${user.partnerId}&sort=at`);
  expect(oldest.events.map(({ id }) => id)).toEqual([other, skipped, mail]);
  const rest = await read(`partner_id=${user.partnerId}&limit=2&cursor=${first.next_cursor}`);
  expect(rest).toMatchObject({
    events: [{ id: other, kind: "user_connected", message_id: null, size_bytes: null }],
    next_cursor: null,
  });
});

test("events are found by state, kind, user and time", async () => {
  const { user, find } = await newReader();
  const owner = `partner_id=${user.partnerId}`;
  const at = "date_trunc('day', now(), 'UTC') + interval '2 hours'";
  const dead = await insertMail(stack(), user, { state: "dead", at });
  const parked = await insertMail(stack(), user, {
    state: "parked",
    at: `${at} + interval '1 hour'`,
  });
  const day = new Date().toISOString().slice(0, 10);
  expect(await find(`${owner}&state=dead`)).toEqual([dead]);
  expect(await find(`${owner}&state=delivered`)).toEqual([]);
  expect(await find(`${owner}&kind=user_connected`)).toEqual([]);
  expect(await find(`user_id=${user.id}&kind=new_mail`)).toEqual([parked, dead]);
  expect(await find(`${owner}&since=${day}T02:30:00Z`)).toEqual([parked]);
  expect(await find(`user_id=${user.id}&until=${day}T02:30:00Z`)).toEqual([dead]);
  expect(await find("state=parked&limit=1")).toHaveLength(1);
  expect(await find("limit=2")).toHaveLength(2);
});

test("a search finds events of all partners by id, Message-ID, tag, e-mail and domain", async () => {
  const { user, find } = await newReader();
  const id = await insertMail(stack(), user);
  const domain = `d${user.id.toLowerCase()}.test`;
  await query("update mail_logs set message_id = $2 where event_id = $1", [id, `<Q1@${domain}>`]);
  await query("update users set email = $2 where id = $1", [user.id, `Olga@${domain}`]);
  const texts = [
    id,
    `<q1@${domain}>`,
    `q1@${domain}`,
    user.tag,
    `olga@${domain}`,
    domain,
    `@${domain}`,
  ];
  for (const text of texts) {
    expect([text, await find(`text=${encodeURIComponent(text)}`)]).toEqual([text, [id]]);
  }
  // The beginning of a tag finds its users only while no user has exactly this tag.
  const { user: longer } = await newReader();
  await query("update users set tag = $2 where id = $1", [longer.id, `${user.tag}x`]);
  const other = await insertMail(stack(), longer);
  expect(await find(`text=${user.tag}`)).toEqual([id]);
  expect(await find(`text=${user.tag}x`)).toEqual([other]);
  for (const text of ["evt_unknown", `%@${domain}`, "nobody.test"]) {
    expect(await find(`text=${encodeURIComponent(text)}`)).toEqual([]);
  }
});

test("attempts are found by status, endpoint, partner and user", async () => {
  const { user, tried } = await newReader();
  const owner = `partner_id=${user.partnerId}`;
  const host = `${user.partnerId.replace("_", "-").toLowerCase()}.test:8443`;
  await query("update partners set new_mail_webhook = $2 where id = $1", [
    user.partnerId,
    `https://me:***@${host}/in`,
  ]);
  const failed = await insertMail(stack(), user);
  await insertAttempt(stack(), user, {
    eventId: failed,
    status: 503,
    at: "now() - interval '2 s'",
  });
  await insertAttempt(stack(), user, {
    eventId: failed,
    status: null,
    at: "now() - interval '1 s'",
  });
  const fine = await insertMail(stack(), user);
  await insertAttempt(stack(), user, { eventId: fine, status: 200, outcome: "delivered" });
  await query(
    `update transmit_logs set request = '{"url": "https://elsewhere.test/"}' where event_id = $1`,
    [fine],
  );
  expect(await tried(owner)).toEqual([fine, failed, failed]);
  expect(await tried(`${owner}&sort=at`)).toEqual([failed, failed, fine]);
  expect(await tried(`${owner}&code=5xx`)).toEqual([failed]);
  expect(await tried(`${owner}&code=none`)).toEqual([failed]);
  expect(await tried(`user_id=${user.id}&code=200`)).toEqual([fine]);
  expect(await tried(`host=${host}`)).toEqual([failed, failed]);
  expect(await tried(`${owner}&since=2999-01-01T00:00:00Z`)).toEqual([]);
});

test("the states of events show how far a resend is", async () => {
  const { browser, user } = await newReader();
  const one = await insertMail(stack(), user, { state: "dead", reason: "no answer" });
  const other = newId("evt");
  await query(
    "insert into user_events (event_id, partner_id, user_id, kind) values ($1, $2, $3, 'user_connected')",
    [other, user.partnerId, user.id],
  );
  const { body } = await browser.call("GET", `/events/states?ids=${one},${other},evt_unknown`);
  expect(body).toEqual({
    states: [
      { id: one, state: "dead", reason: "no answer" },
      { id: other, state: "queued", reason: null },
    ],
  });
  for (const wrong of ["", "?ids=", "?ids=a%20b", `?ids=${"evt_1,".repeat(201)}`]) {
    const refused = await browser.call("GET", `/events/states${wrong}`);
    expect([wrong, refused.status]).toEqual([wrong, 422]);
  }
});

test("a file of events has each page of the list, and ends with the last event", async () => {
  const { browser, user } = await newReader();
  await query(
    `insert into user_events (event_id, partner_id, user_id, kind, created_at)
     select 'evt_csv' || n, $1, $2, 'user_connected', now() - n * interval '1 second'
     from generate_series(1, 1200) as n`,
    [user.partnerId, user.id],
  );
  const { text } = await browser.call("GET", `/events.csv?user_id=${user.id}`);
  const lines = text.trimEnd().split("\r\n");
  expect([lines.length, lines[1]?.split(",", 1), lines.at(-1)?.split(",", 1)]).toEqual([
    1_201,
    ["evt_csv1"],
    ["evt_csv1200"],
  ]);
});

test.each(["/events?kind=x", "/events?text=%00", "/events?cursor=x", "/attempts?code=9"])(
  "%s is refused",
  async (path) => {
    const { browser } = await newReader();
    expect(await browser.call("GET", path)).toMatchObject({ status: 422 });
  },
);
