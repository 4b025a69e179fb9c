import * as v from "valibot";
import { expect, test } from "vitest";
import { newId } from "../../../shared/ids.ts";
import { insertAttempt, insertMail, newTrafficUser } from "./traffic-rows.ts";
import { useAdmin } from "../use-admin.ts";

const admin = useAdmin();
const stack = () => admin.stack();

const page = v.object({
  mails: v.array(v.looseObject({ event_id: v.string(), state: v.string() })),
  next_cursor: v.nullable(v.string()),
});

/** Creates an admin, a user, and a function that reads the user's mail log as this admin. */
async function newReader() {
  const { browser } = await admin.signedIn();
  const user = await newTrafficUser(stack());
  const path = `/users/${user.id}/mail-log`;
  const read = async (query = "") => v.parse(page, (await browser.call("GET", path + query)).body);
  return { browser, user, path, read };
}

test("a mail's facts are shown, its state and reason in words", async () => {
  const { browser, user, path } = await newReader();
  const id = await insertMail(stack(), user, { state: "skipped", reason: "duplicate_message_id" });
  expect(await browser.call("GET", path)).toMatchObject({
    status: 200,
    body: {
      user: { id: user.id, tag: user.tag },
      mails: [
        {
          event_id: id,
          mailbox: "INBOX",
          uid_validity: 7,
          uid: 42,
          message_id: "<1@mail.example>",
          size_bytes: 2048,
          internal_date: "2026-11-22T10:00:00.000Z",
          state: "skipped",
          reason: "duplicate_message_id",
          description:
            "Not delivered. A mail with this Message-ID and this content was delivered before.",
        },
      ],
      next_cursor: null,
    },
  });
});

test("mails come newest first, page by page, also those of one moment", async () => {
  const { user, read } = await newReader();
  const moment = "date_trunc('hour', now()) + interval '123456 microseconds'";
  for (let n = 0; n < 4; n++) await insertMail(stack(), user, { at: moment });
  const oldest = await insertMail(stack(), user, { at: `${moment} - interval '1 microsecond'` });
  const newest = await insertMail(stack(), user, { at: `${moment} + interval '1 microsecond'` });
  const ids: string[] = [];
  let cursor: string | null = "";
  let pages = 0;
  for (; cursor !== null; pages++) {
    const shown: v.InferOutput<typeof page> = await read(
      `?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`,
    );
    ids.push(...shown.mails.map(({ event_id }) => event_id));
    cursor = shown.next_cursor;
  }
  expect(pages).toBe(3);
  expect(new Set(ids).size).toBe(6);
  expect([ids[0], ids[5]]).toEqual([newest, oldest]);
});

test("the log can be filtered by state, and shows no other user's mail", async () => {
  const { user, read } = await newReader();
  await insertMail(stack(), await newTrafficUser(stack()), { state: "parked" });
  const parked = await insertMail(stack(), user, { state: "parked" });
  await insertMail(stack(), user);
  const { mails } = await read("?state=parked");
  expect(mails.map(({ event_id }) => event_id)).toEqual([parked]);
  expect((await read("?state=dead")).mails).toEqual([]);
});

test("the log can be filtered by time", async () => {
  const { user, read } = await newReader();
  const ids = new Map<number, string>();
  for (const hour of [1, 2, 3]) {
    const at = `date_trunc('day', now(), 'UTC') + interval '${hour} hours'`;
    ids.set(hour, await insertMail(stack(), user, { at }));
  }
  const day = new Date().toISOString().slice(0, 10);
  const found = async (query: string) => {
    const { mails } = await read(query);
    return mails.map(({ event_id }) => event_id);
  };
  expect(await found(`?since=${day}T02:00:00Z`)).toEqual([ids.get(3), ids.get(2)]);
  expect(await found(`?until=${day}T02:00:00Z`)).toEqual([ids.get(1)]);
  expect(await found(`?since=${day}T02:00:00Z&until=${day}T03:00:00Z`)).toEqual([ids.get(2)]);
});

test.each([
  "since=yesterday",
  "until=2026-13-01T00:00:00Z",
  "state=vanished",
  "limit=0",
  "cursor=x",
  `cursor=${newId("evt")}`,
])("the log refuses %s", async (wrong) => {
  const { browser, path } = await newReader();
  const errors = [{ pointer: `/${wrong.split("=")[0]}` }];
  const answer = await browser.call("GET", `${path}?${wrong}`);
  expect(answer).toMatchObject({ status: 422, body: { code: "invalid-input", errors } });
});

test.each([newId("usr"), "nobody", "%00", "%ff"])("there is no user %s", async (id) => {
  const { browser } = await newReader();
  expect((await browser.call("GET", `/users/${id}/mail-log`)).status).toBe(404);
});

test("the attempts of a mail are shown newest first, with the endpoint's answers", async () => {
  const { browser, user } = await newReader();
  const eventId = await insertMail(stack(), user, { state: "queued" });
  const due = "date_trunc('second', now()) + interval '1 minute'";
  await insertAttempt(stack(), user, { eventId, at: "now() - interval '20 s'" });
  await insertAttempt(stack(), user, {
    eventId,
    attempt: 2,
    status: null,
    error: "the endpoint did not answer in time",
    nextAt: due,
  });
  const request = { url: "https://hooks.example/", headers: {}, body_bytes: 2, body_sha256: "00" };
  await stack().query(
    `update transmit_logs set request = $2, answer_headers = '{"server": "nginx"}'
     where event_id = $1 and attempt = 2`,
    [eventId, JSON.stringify(request)],
  );
  const { status, body } = await browser.call("GET", `/events/${eventId}/attempts`);
  expect(status).toBe(200);
  expect(body).toEqual({
    attempts: [
      {
        attempt: 2,
        attempted_at: expect.any(String),
        duration_ms: 120,
        status: null,
        error: "the endpoint did not answer in time",
        answer: "Oh no",
        outcome: "retry",
        next_attempt_at: expect.stringMatching(/T.*:\d\d\.000Z$/),
        number: 2,
        request,
        answer_headers: { server: "nginx" },
      },
      expect.objectContaining({ number: 1, status: 500, next_attempt_at: null, request: null }),
    ],
  });
});

test("an event is shown with its user and its outcome", async () => {
  const { browser, user } = await newReader();
  const mailId = await insertMail(stack(), user, {
    state: "dead",
    reason: "the endpoint answered 500",
  });
  const owner = {
    user_id: user.id,
    user_tag: user.tag,
    partner_id: user.partnerId,
    partner_name: user.partnerName,
    imap_provider_code: "PLAIN",
  };
  expect((await browser.call("GET", `/events/${mailId}`)).body).toMatchObject({
    ...owner,
    id: mailId,
    kind: "new_mail",
    state: "dead",
    mail: {
      uid: 42,
      sha1: null,
      description: "Dead letter: the last attempt failed. The endpoint answered 500.",
    },
  });
  const otherId = newId("evt");
  await stack().query(
    "insert into user_events (event_id, partner_id, user_id, kind) values ($1, $2, $3, 'user_connected')",
    [otherId, user.partnerId, user.id],
  );
  expect((await browser.call("GET", `/events/${otherId}`)).body).toMatchObject({
    ...owner,
    kind: "user_connected",
    state: "queued",
    mail: null,
  });
  expect((await browser.call("GET", `/events/${otherId}/attempts`)).body).toEqual({ attempts: [] });
});

test.each([newId("evt"), "x", "%00", "evt_%27"])("there is no event %s", async (id) => {
  const { browser } = await newReader();
  for (const path of [`/events/${id}`, `/events/${id}/attempts`]) {
    expect((await browser.call("GET", path)).status).toBe(404);
  }
});
