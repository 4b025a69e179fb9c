import * as v from "valibot";
import { expect, test } from "vitest";
import type { DeadLetterAnswer } from "../../../shared/commands.ts";
import { newId } from "../../../shared/ids.ts";
import { answerNextCommand } from "../../connect/answer-next-command.ts";
import { insertLetter } from "../../edge/webhooks/insert-letter.ts";
import type { AdminBrowser } from "../admin-browser.ts";
import { newTrafficUser, type TrafficUser } from "./traffic-rows.ts";
import { useAdmin } from "../use-admin.ts";

const admin = useAdmin();
const stack = () => admin.stack();
const query = (sql: string, values?: unknown[]) => stack().query(sql, values);

const page = v.object({
  letters: v.array(v.looseObject({ id: v.string(), state: v.string() })),
  next_cursor: v.nullable(v.string()),
});

async function newReader() {
  const one = await admin.signedIn();
  const user = await newTrafficUser(stack());
  const list = async (asked = "") =>
    v.parse(page, (await one.browser.call("GET", `/dead-letters?${asked}`)).body);
  const listIds = async (asked = "") => (await list(asked)).letters.map(({ id }) => id);
  return { ...one, user, list, listIds };
}

const addLetter = ({ partnerId }: TrafficUser, values = {}) =>
  insertLetter(stack(), { id: partnerId }, values);

const readAudit = ({ partnerId }: TrafficUser) =>
  query("select actor, action, details from audit_log where subject_id = $1 order by at", [
    partnerId,
  ]);

test("letters of all partners are shown with their owners, and can be filtered by partner", async () => {
  const { user, list, listIds } = await newReader();
  const other = await newTrafficUser(stack());
  const diedAt = new Date().toISOString();
  const [own, others] = [await addLetter(user, { diedAt }), await addLetter(other, { diedAt })];
  expect(await listIds()).toEqual(expect.arrayContaining([own, others]));
  expect(await listIds(`partner_id=${other.partnerId}`)).toEqual([others]);
  expect(await listIds(`user_id=${user.id}&error=500`)).toEqual([own]);
  expect(await listIds(`user_id=${user.id}&state=redelivered`)).toEqual([]);
  const [shown] = (await list(`user_id=${user.id}`)).letters;
  expect(shown).toMatchObject({
    id: own,
    user_id: user.id,
    user_tag: user.tag,
    partner_id: user.partnerId,
    partner_name: user.partnerName,
    state: "waiting",
    attempts: 7,
    last_error: "the endpoint answered 500",
  });
});

test("the newest deaths come first, page by page", async () => {
  const { user, list } = await newReader();
  const ids: string[] = [];
  for (const minute of [1, 2, 2]) {
    ids.push(await addLetter(user, { diedAt: `2026-11-22T10:0${minute}:00.000Z` }));
  }
  const asked = `partner_id=${user.partnerId}&limit=2`;
  const first = await list(asked);
  const second = await list(`${asked}&cursor=${first.next_cursor}`);
  expect(second.letters.map(({ id }) => id)).toEqual([ids[0]]);
  expect(second.next_cursor).toBeNull();
});

test.each([
  "partner_id=x",
  "user_id=x",
  "kind=mail",
  "state=dead",
  "died_after=today",
  "cursor=x",
  "limit=0",
  "error=%00",
])("the list refuses %s", async (wrong) => {
  const { browser } = await newReader();
  const errors = [{ pointer: `/${wrong.split("=")[0]}` }];
  expect(await browser.call("GET", `/dead-letters?${wrong}`)).toMatchObject({
    status: 422,
    body: { code: "invalid-input", errors },
  });
});

/** Reads a dead letter through the admin API. A simulated fleet answers the edge with `answer`. */
async function read(browser: AdminBrowser, path: string, answer: DeadLetterAnswer) {
  const [answered, request] = await Promise.all([
    browser.call("GET", path),
    answerNextCommand(stack(), answer),
  ]);
  return { ...answered, request };
}

test("a letter is read with its mail, and its mail downloaded", async () => {
  const { browser, user } = await newReader();
  const id = await addLetter(user);
  const mail = { subject: "Hi", from: "a@x.test", to: null, date: null, text: "Hello" };
  expect(await browser.call("GET", `/dead-letters/${id}`)).toMatchObject({
    status: 200,
    body: { id, partner_name: user.partnerName },
  });
  const asText = await read(browser, `/dead-letters/${id}/mail`, {
    result: "text",
    mail: { ...mail, attachments: [] },
  });
  expect(asText).toMatchObject({
    status: 200,
    body: { mail, mail_missing: null },
    request: { kind: "read_dead_letter", partner_id: user.partnerId, event_id: id, as: "text" },
  });
  const rfc822_base64 = btoa("Subject: Hi\r\n\r\nHello");
  const eml = await read(browser, `/dead-letters/${id}/eml`, { result: "eml", rfc822_base64 });
  expect(eml).toMatchObject({ status: 200, text: "Subject: Hi\r\n\r\nHello" });
  expect(eml.headers.get("content-type")).toBe("message/rfc822");
  expect(eml.headers.get("content-disposition")).toBe(`attachment; filename="${id}.eml"`);
  const none = { result: "none", reason: "the mail is no longer stored here" } as const;
  const without = await read(browser, `/dead-letters/${id}/eml`, none);
  expect(without).toMatchObject({ status: 409, body: { detail: expect.stringMatching(/stored/) } });
});

test("one letter is redelivered, with an audit row and a poke to the fleet", async () => {
  const { id: adminId, browser, user } = await newReader();
  const id = await addLetter(user);
  const again = () => browser.call("POST", `/dead-letters/${id}/redeliver`);
  expect(await again()).toMatchObject({ status: 202, body: { id, state: "requested" } });
  expect(await again()).toMatchObject({ status: 202, body: { id, state: "requested" } });
  expect(await readAudit(user)).toEqual([
    {
      actor: `admin:${adminId}`,
      action: "dead_letters.redelivery_requested",
      details: { letters: 1, event_id: id },
    },
  ]);
  expect(
    await query("select kind from outbox where partner_id = $1", [user.partnerId]),
  ).toMatchObject([{ kind: "partner_changed" }]);
});

test.each([
  ["cannot be read", { unreadable: true }],
  ["was redelivered already", { redeliveredAt: "2026-11-22T10:00:00Z" }],
])("a letter that %s is not delivered again", async (why, values) => {
  const { browser, user } = await newReader();
  const id = await addLetter(user, values);
  expect(await browser.call("POST", `/dead-letters/${id}/redeliver`)).toMatchObject({
    status: 409,
    body: { code: "conflict", detail: expect.stringContaining(why) },
  });
});

test("many are delivered again: a partner's, those of an error, or all", async () => {
  const { browser, user } = await newReader();
  const other = await newTrafficUser(stack());
  const lastError = `odd ${user.id}`;
  for (const one of [user, user, other]) await addLetter(one, { lastError });
  await addLetter(user);
  const redeliver = (body: object) => browser.call("POST", "/dead-letters/redeliver", { body });
  const counts = async () =>
    (await browser.call("GET", `/dead-letters/counts?partner_id=${user.partnerId}`)).body;
  expect(await redeliver({ error: lastError })).toMatchObject({
    status: 202,
    body: { requested: 3 },
  });
  expect(await counts()).toEqual({ waiting: 1, requested: 2, redelivered: 0 });
  expect(await readAudit(user)).toMatchObject([{ details: { letters: 2 } }]);
  expect(await readAudit(other)).toMatchObject([{ details: { letters: 1 } }]);
  const all = { partner_id: user.partnerId, all: true };
  expect(await redeliver(all)).toMatchObject({ body: { requested: 1 } });
  expect(await redeliver(all)).toMatchObject({ body: { requested: 0 } });
  expect(await counts()).toEqual({ waiting: 0, requested: 3, redelivered: 0 });
});

test("one or many letters are deleted, and are no longer visible immediately", async () => {
  const { browser, user, listIds } = await newReader();
  const [first, second, kept] = [
    await addLetter(user),
    await addLetter(user, { kind: "user_connected" }),
    await addLetter(user),
  ];
  expect((await browser.call("DELETE", `/dead-letters/${first}`)).status).toBe(204);
  expect((await browser.call("DELETE", `/dead-letters/${first}`)).status).toBe(404);
  const body = { user_id: user.id, kind: "user_connected" };
  expect(await browser.call("POST", "/dead-letters/delete", { body })).toMatchObject({
    status: 202,
    body: { deleted: 1 },
  });
  expect(await listIds(`partner_id=${user.partnerId}`)).toEqual([kept]);
  expect(await readAudit(user)).toMatchObject([
    { action: "dead_letters.deletion_requested", details: { letters: 1, event_id: first } },
    { action: "dead_letters.deletion_requested", details: { letters: 1 } },
  ]);
  expect(await query("select from dead_letters where event_id = $1", [second])).toHaveLength(1);
});

test.each(["redeliver", "delete"])("nothing means not everything: %s", async (what) => {
  const { browser, user, listIds } = await newReader();
  const id = await addLetter(user);
  const partner_id = user.partnerId;
  for (const body of [{}, { partner_id }, { all: false }, { all: true, user_id: user.id }]) {
    expect(await browser.call("POST", `/dead-letters/${what}`, { body })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/all" }] },
    });
  }
  const wrong = { body: { partner_id: "x", all: true, more: 1 } };
  expect(await browser.call("POST", `/dead-letters/${what}`, wrong)).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: "/partner_id" }, { pointer: "/more" }] },
  });
  expect(await listIds(`partner_id=${partner_id}&state=waiting`)).toEqual([id]);
});

test.each([newId("evt"), "x", "%00"])("there is no letter %s", async (id) => {
  const { browser } = await newReader();
  for (const [method, path] of [
    ["GET", ""],
    ["GET", "/mail"],
    ["GET", "/eml"],
    ["POST", "/redeliver"],
    ["DELETE", ""],
  ] as const) {
    const { status } = await browser.call(method, `/dead-letters/${id}${path}`);
    expect([method, path, status]).toEqual([method, path, 404]);
  }
});
