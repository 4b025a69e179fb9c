import * as v from "valibot";
import { expect, test } from "vitest";
import { accountMakers, LOGIN } from "./account-makers.ts";
import { useAdmin } from "../use-admin.ts";

const admin = useAdmin();
const { withUser } = accountMakers(admin);

const CONFLICT = { status: 409, body: { code: "conflict" } };
const madeLinks = v.object({
  connect_url: v.string(),
  disconnect_url: v.string(),
  expires_at: v.pipe(v.string(), v.isoTimestamp()),
});

const readAudit = (id: string) =>
  admin
    .stack()
    .query("select actor, action, details from audit_log where subject_id = $1 order by id", [id]);

test("links are created for the owner of an account, and this is logged", async () => {
  const { browser, id } = await withUser();
  const answer = await browser.call("POST", `/users/${id}/links`);
  expect(answer.status).toBe(201);
  const made = v.parse(madeLinks, answer.body);
  expect((await fetch(made.disconnect_url)).status).toBe(200);
  const token = made.connect_url.split("/connect/")[1] ?? "";
  const link = await admin.stack().links.read(token, "connect", Date.now());
  expect(link).toMatchObject({ userId: id });
  expect(await admin.stack().links.read(token, "connect", Date.parse(made.expires_at))).toEqual({
    fault: "expired",
    userId: id,
    linkId: expect.any(String),
  });
  const audit = await readAudit(id);
  expect(audit).toMatchObject([{ action: "user.created" }, { action: "user.links_made" }]);
  expect(JSON.stringify(audit)).not.toContain(token);
});

test("an archived user has no links, and a user that is not connected has no disconnect link", async () => {
  const { browser, id, patch } = await withUser({});
  const links = async () => (await browser.call("POST", `/users/${id}/links`)).body;
  expect(await links()).toMatchObject({ connect_url: expect.any(String), disconnect_url: null });
  await patch({ archived: true });
  expect(await links()).toMatchObject({ connect_url: null, disconnect_url: null });
});

test("a user's mailbox is swept, one sweep at a time", async () => {
  const { actor, browser, id } = await withUser();
  const path = `/users/${id}/sweep`;
  expect((await browser.call("GET", path)).body).toEqual({ sweep: null });
  const started = await browser.call("POST", path, { body: { redeliver: true } });
  expect(started).toMatchObject({
    status: 202,
    body: { sweep: { state: "waiting", redeliver: true } },
  });
  expect((await browser.call("GET", path)).body).toEqual(started.body);
  expect(await browser.call("POST", path)).toMatchObject(CONFLICT);
  expect(await readAudit(id)).toMatchObject([
    { action: "user.created" },
    { actor, action: "user.swept", details: { redeliver: true } },
  ]);
  const wrong = await browser.call("POST", path, { body: { since: "yesterday" } });
  expect(wrong).toMatchObject({ status: 422, body: { errors: [{ pointer: "/since" }] } });
});

test.each([
  ["archived", LOGIN, { archived: true }],
  ["paused", LOGIN, { paused: true }],
  ["not connected", {}, {}],
])("no sweep starts for a user that is %s", async (what, fields, change) => {
  const { browser, id, patch } = await withUser(fields);
  await patch(change);
  const detail = `Cannot sweep the mailbox: the user is ${what}`;
  const answer = await browser.call("POST", `/users/${id}/sweep`);
  expect(answer).toMatchObject({ status: 409, body: { detail } });
});
