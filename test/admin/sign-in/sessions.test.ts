import { expect, test } from "vitest";
import * as v from "valibot";
import { useAdmin } from "../use-admin.ts";

const admin = useAdmin();
const query = (sql: string, values?: unknown[]) => admin.stack().query(sql, values);

const SIGNED_OUT = { status: 401, body: { code: "sign-in-required" } };
const listed = v.object({
  sessions: v.array(
    v.object({
      id: v.string(),
      admin_id: v.string(),
      current: v.boolean(),
      user_agent: v.string(),
    }),
  ),
  next_cursor: v.nullable(v.string()),
  total: v.looseObject({ count: v.number() }),
});

/** Subtracts the interval from this column, for all sessions of the admin. */
const age = (id: string, column: "created_at" | "last_seen_at", interval: string) =>
  query(`update admin_sessions set ${column} = ${column} - $2::interval where admin_id = $1`, [
    id,
    interval,
  ]);

test("a session without use for half an hour is refused", async () => {
  const { id, browser } = await admin.signedIn();
  await age(id, "last_seen_at", "29 minutes");
  expect((await browser.call("GET", "/session")).status).toBe(200);
  await age(id, "last_seen_at", "31 minutes");
  expect(await browser.call("GET", "/session")).toMatchObject(SIGNED_OUT);
});

test("a used session continues, and is written once a minute", async () => {
  const { id, browser } = await admin.signedIn();
  const seen = async () =>
    query(
      "select last_seen_at, now() - last_seen_at < interval '1 minute' as fresh from admin_sessions where admin_id = $1",
      [id],
    );
  const before = await seen();
  await browser.call("GET", "/session");
  expect(await seen()).toEqual(before);
  for (let n = 0; n < 3; n++) {
    await age(id, "last_seen_at", "20 minutes");
    await browser.call("GET", "/session");
    expect(await seen()).toMatchObject([{ fresh: true }]);
  }
});

test("a session ends after twelve hours, however it is used", async () => {
  const { id, browser } = await admin.signedIn();
  await age(id, "created_at", "11 hours 59 minutes");
  expect((await browser.call("GET", "/session")).status).toBe(200);
  await age(id, "created_at", "2 minutes");
  expect(await browser.call("GET", "/session")).toMatchObject(SIGNED_OUT);
});

test("living sessions are listed newest first, with distinguishing details", async () => {
  const one = await admin.signedIn();
  const two = await admin.signedIn();
  const gone = await admin.signedIn();
  await gone.browser.call("DELETE", "/session");
  const { text, body } = await two.browser.call("GET", "/sessions", {
    headers: { "user-agent": "ignored" },
  });
  const { sessions } = v.parse(listed, body);
  const owners = sessions.map(({ admin_id }) => admin_id);
  expect(owners.indexOf(two.id)).toBeLessThan(owners.indexOf(one.id));
  expect(owners).not.toContain(gone.id);
  expect(sessions.filter(({ current }) => current).map(({ admin_id }) => admin_id)).toEqual([
    two.id,
  ]);
  expect(text).not.toContain("token");
});

test("lists come in pages", async () => {
  const { browser } = await admin.signedIn();
  await admin.signedIn();
  const first = v.parse(listed, (await browser.call("GET", "/sessions?limit=1")).body);
  const next = await browser.call("GET", `/sessions?limit=1&cursor=${first.next_cursor}`);
  const second = v.parse(listed, next.body);
  expect(first.sessions).toHaveLength(1);
  expect(second.sessions).toHaveLength(1);
  expect(second.sessions[0]?.id).not.toBe(first.sessions[0]?.id);
});

test("sessions are sorted by admin, sign-in and last use, and counted", async () => {
  const one = await admin.signedIn();
  const two = await admin.signedIn();
  await age(one.id, "last_seen_at", "5 minutes");
  const order = async (sort: string) => {
    const path = `/sessions?limit=200&sort=${sort}`;
    const { sessions, total } = v.parse(listed, (await two.browser.call("GET", path)).body);
    expect(total.count).toBe(sessions.length);
    const mine = sessions
      .map(({ admin_id: id }) => id)
      .filter((id) => [one.id, two.id].includes(id));
    const next = await two.browser.call("GET", `${path}&cursor=${sessions[0]?.id}`);
    expect(v.parse(listed, next.body).sessions).toHaveLength(sessions.length - 1);
    return mine;
  };
  const rising = [one.id, two.id];
  expect(await order("created")).toEqual(rising);
  expect(await order("-created")).toEqual(rising.toReversed());
  expect(await order("last_seen")).toEqual(rising);
  expect(await order("-last_seen")).toEqual(rising.toReversed());
  expect(await order("-admin")).toEqual((await order("admin")).toReversed());
});

test.each(["limit=0", "limit=201", "limit=x", "cursor=x", "cursor=adm_0000000000000000000000"])(
  "a list refuses %s",
  async (wrong) => {
    const { browser } = await admin.signedIn();
    const answer = await browser.call("GET", `/sessions?${wrong}`);
    const pointer = `/${wrong.split("=")[0]}`;
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  },
);

test("an admin ends another's session, which is refused from then on", async () => {
  const { browser } = await admin.signedIn();
  const other = await admin.signedIn();
  const { sessions } = v.parse(listed, (await browser.call("GET", "/sessions")).body);
  const { id = "" } = sessions.find(({ admin_id }) => admin_id === other.id) ?? {};
  expect((await browser.call("DELETE", `/sessions/${id}`)).status).toBe(204);
  expect(await other.browser.call("GET", "/session")).toMatchObject(SIGNED_OUT);
  expect((await browser.call("DELETE", `/sessions/${id}`)).status).toBe(404);
  const audit = await query("select action from audit_log where subject_id = $1 order by id", [id]);
  expect(audit.map(({ action }) => action)).toEqual([
    "admin_session.started",
    "admin_session.revoked",
  ]);
});

test.each(["ses_0000000000000000000000", "nothing", "%00", "%ff"])(
  "there is no session %s to end",
  async (id) => {
    const { browser } = await admin.signedIn();
    expect((await browser.call("DELETE", `/sessions/${id}`)).status).toBe(404);
  },
);

test("sessions that ended long ago are forgotten", async () => {
  const { id, email } = await admin.signedIn();
  await age(id, "created_at", "31 days");
  await admin.newBrowser().signIn(email);
  expect(await query("select id from admin_sessions where admin_id = $1", [id])).toHaveLength(1);
});
