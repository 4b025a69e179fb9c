import * as v from "valibot";
import { expect, test } from "vitest";
import { newId } from "../../../shared/ids.ts";
import { insertAttempt, insertMail, newTrafficUser } from "./traffic-rows.ts";
import { useAdmin } from "../use-admin.ts";

const admin = useAdmin();
const stack = () => admin.stack();

const page = v.object({
  deliveries: v.array(v.looseObject({ event_id: v.string() })),
  next_cursor: v.nullable(v.string()),
});

async function newReader() {
  const { browser } = await admin.signedIn();
  const user = await newTrafficUser(stack());
  const read = async (query = "") =>
    v.parse(
      page,
      (await browser.call("GET", `/deliveries?partner_id=${user.partnerId}${query}`)).body,
    );
  return { browser, user, read };
}

test("events that wait for a retry are shown with their last attempt", async () => {
  const { user, read } = await newReader();
  const eventId = await insertMail(stack(), user, { state: "queued" });
  await insertAttempt(stack(), user, { eventId, at: "now() - interval '10 minutes'" });
  await insertAttempt(stack(), user, {
    eventId,
    attempt: 2,
    status: 503,
    error: "the endpoint answered 503",
    nextAt: "now() + interval '1 minute'",
  });
  expect(await read()).toEqual({
    deliveries: [
      {
        event_id: eventId,
        kind: "new_mail",
        partner_id: user.partnerId,
        partner_name: user.partnerName,
        user_id: user.id,
        user_tag: user.tag,
        lane: { state: "unreported", open_until: null },
        last_attempt: expect.objectContaining({
          attempt: 2,
          status: 503,
          answer: "Oh no",
          next_attempt_at: expect.stringContaining("T"),
        }),
      },
    ],
    next_cursor: null,
  });
});

test("an event about a user is retried like a mail", async () => {
  const { user, read } = await newReader();
  const eventId = newId("evt");
  await stack().query(
    "insert into user_events (event_id, partner_id, user_id, kind) values ($1, $2, $3, 'user_connected')",
    [eventId, user.partnerId, user.id],
  );
  await insertAttempt(stack(), user, { eventId, outcome: "held", status: 403 });
  expect((await read()).deliveries).toMatchObject([{ event_id: eventId, kind: "user_connected" }]);
});

test("an event that has ended, or waits for its first attempt, is not listed", async () => {
  const { user, read } = await newReader();
  await insertMail(stack(), user, { state: "queued" });
  for (const state of ["delivered", "dead", "skipped"]) {
    const eventId = await insertMail(stack(), user, { state });
    await insertAttempt(stack(), user, { eventId, at: "now() - interval '1 minute'" });
  }
  // The last attempt has delivered this mail, but its row in mail_logs still says "queued".
  const ended = await insertMail(stack(), user, { state: "queued" });
  await insertAttempt(stack(), user, { eventId: ended, at: "now() - interval '1 minute'" });
  await insertAttempt(stack(), user, { eventId: ended, attempt: 2, outcome: "delivered" });
  expect((await read()).deliveries).toEqual([]);
});

test("the newest attempt comes first, page by page", async () => {
  const { user, read } = await newReader();
  const ids: string[] = [];
  for (const minutes of [3, 2, 2, 1]) {
    const eventId = await insertMail(stack(), user, { state: "queued" });
    const at = `date_trunc('minute', now()) - interval '${minutes} minutes'`;
    await insertAttempt(stack(), user, { eventId, at });
    ids.push(eventId);
  }
  const first = await read("&limit=2");
  const second = await read(`&limit=2&cursor=${first.next_cursor}`);
  const shown = [...first.deliveries, ...second.deliveries].map(({ event_id }) => event_id);
  expect(second.next_cursor).toBeNull();
  expect([shown[0], shown[3]]).toEqual([ids[3], ids[0]]);
  expect(shown.toSorted()).toEqual(ids.toSorted());
});

test("without a partner those of all are shown", async () => {
  const { browser, user } = await newReader();
  const eventId = await insertMail(stack(), user, { state: "queued" });
  await insertAttempt(stack(), user, { eventId, at: "now() + interval '1 minute'" });
  const { body } = await browser.call("GET", "/deliveries?limit=1");
  expect(v.parse(page, body).deliveries).toMatchObject([{ event_id: eventId }]);
});

test.each(["partner_id=x", "partner_id=", "cursor=x", "limit=201"])(
  "the list refuses %s",
  async (wrong) => {
    const { browser } = await newReader();
    const errors = [{ pointer: `/${wrong.split("=")[0]}` }];
    expect(await browser.call("GET", `/deliveries?${wrong}`)).toMatchObject({
      status: 422,
      body: { code: "invalid-input", errors },
    });
  },
);
