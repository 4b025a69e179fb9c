import * as v from "valibot";
import { expect, test } from "vitest";
import { newId } from "../../../shared/ids.ts";
import { insertAttempt, insertMail, newTrafficUser } from "./traffic-rows.ts";
import { useAdmin } from "../use-admin.ts";

const admin = useAdmin();
const stack = () => admin.stack();

const page = v.object({
  events: v.array(v.looseObject({ id: v.string() })),
  next_cursor: v.nullable(v.string()),
  total: v.object({ count: v.number(), is_more: v.boolean() }),
});

async function newReader() {
  const { browser } = await admin.signedIn();
  const user = await newTrafficUser(stack());
  const read = async (query = "") =>
    v.parse(
      page,
      (
        await browser.call(
          "GET",
          `/events?state=queued&sort=at&partner_id=${user.partnerId}${query}`,
        )
      ).body,
    );
  return { browser, user, read };
}

test("events in flight are shown with their last attempt, their next try and what holds them", async () => {
  const { user, read } = await newReader();
  const eventId = await insertMail(stack(), user, { state: "queued" });
  await insertAttempt(stack(), user, { eventId, at: "now() - interval '10 seconds'" });
  await insertAttempt(stack(), user, {
    eventId,
    attempt: 2,
    status: 503,
    error: "the endpoint answered 503",
    nextAt: "now() + interval '1 minute'",
  });
  await stack().query(
    `insert into lanes (partner_id, state, in_flight, pending, retrying, instance_id, open_until)
     values ($1, 'open', 2, 3, 4, 'i', now() + interval '1 hour')`,
    [user.partnerId],
  );
  expect((await read()).events).toEqual([
    expect.objectContaining({
      id: eventId,
      lane: { state: "open", open_until: expect.stringContaining("T") },
      last_attempt: expect.objectContaining({
        attempt: 2,
        status: 503,
        answer: "Oh no",
        outcome: "retry",
        next_attempt_at: expect.stringContaining("T"),
      }),
    }),
  ]);
});

test("events of all kinds are in flight until they are delivered or given up, oldest first", async () => {
  const { user, read } = await newReader();
  const other = newId("evt");
  await stack().query(
    `insert into user_events (event_id, partner_id, user_id, kind, created_at)
     values ($1, $2, $3, 'user_connected', date_trunc('hour', now()) - interval '2 minutes')`,
    [other, user.partnerId, user.id],
  );
  await insertAttempt(stack(), user, { eventId: other, outcome: "held", status: 403 });
  const ids = [other];
  for (const second of [1, 2, 2, 3]) {
    const at = `date_trunc('hour', now()) - interval '1 minute' + interval '${second} seconds'`;
    ids.push(await insertMail(stack(), user, { state: "queued", at }));
    await insertMail(stack(), user, { state: "delivered", at });
  }
  const first = await read("&limit=3");
  const second = await read(`&limit=3&cursor=${first.next_cursor}`);
  const shown = [...first.events, ...second.events].map(({ id }) => id);
  expect(shown.slice(0, 2)).toEqual(ids.slice(0, 2));
  expect(shown.toSorted()).toEqual(ids.toSorted());
  expect([second.next_cursor, first.total]).toEqual([null, { count: 5, is_more: false }]);
});

test("the reports of the lanes say how many events are attempted and wait", async () => {
  const { browser, user } = await newReader();
  const count = async (query: string) => (await browser.call("GET", `/deliveries${query}`)).body;
  const of = `?partner_id=${user.partnerId}`;
  expect(await count(of)).toEqual({ in_flight: 0, pending: 0, retrying: 0 });
  await stack().query(
    "insert into lanes (partner_id, state, in_flight, pending, retrying, instance_id) values ($1, 'running', 2, 3, 4, 'i')",
    [user.partnerId],
  );
  expect(await count(of)).toEqual({ in_flight: 2, pending: 3, retrying: 4 });
  expect(await count("")).toMatchObject({ in_flight: expect.any(Number) });
  await stack().query("update lanes set reported_at = now() - interval '2 minutes'");
  expect(await count("")).toEqual({ in_flight: 0, pending: 0, retrying: 0 });
  expect(await browser.call("GET", "/deliveries?partner_id=x")).toMatchObject({ status: 422 });
});

test.each(["partner_id=x", "sort=state", "cursor=x", "limit=201"])(
  "the list refuses %s",
  async (wrong) => {
    const { browser } = await newReader();
    const errors = [{ pointer: `/${wrong.split("=")[0]}` }];
    expect(await browser.call("GET", `/events?${wrong}`)).toMatchObject({
      status: 422,
      body: { code: "invalid-input", errors },
    });
  },
);
