import * as v from "valibot";
import { expect, test } from "vitest";
import { newId } from "../../shared/ids.ts";
import { useAdmin } from "./use-admin.ts";

const admin = useAdmin();
const query = (sql: string, values?: unknown[]) => admin.stack().query(sql, values);

const page = v.object({
  entries: v.array(
    v.looseObject({ id: v.string(), action: v.string(), actor_name: v.nullable(v.string()) }),
  ),
  next_cursor: v.nullable(v.string()),
  total: v.looseObject({}),
});

const DAY_MS = 86_400_000;

/**
 * Inserts one audit log entry per action, all about one new subject. The entries are one day apart;
 * the last one has the current time. Returns the subject's id.
 */
async function newEntries(actor: string, actions: readonly string[]): Promise<string> {
  const subject = crypto.randomUUID();
  for (const [index, action] of actions.entries()) {
    const atMs = Date.now() - (actions.length - 1 - index) * DAY_MS;
    await query(
      "insert into audit_log (id, at, actor, action, subject_type, subject_id) values ($1, $2, $3, $4, 'user', $5)",
      [newId("aud", atMs), new Date(atMs), actor, action, subject],
    );
  }
  return subject;
}

async function newReader() {
  const one = await admin.signedIn();
  const read = async (asked: Record<string, string>) => {
    const { body } = await one.browser.call(
      "GET",
      `/audit-log?${new URLSearchParams(asked).toString()}`,
    );
    return v.parse(page, body);
  };
  return { ...one, read };
}

test("the log is read newest first or oldest first, in pages, and counted", async () => {
  const { read } = await newReader();
  const subject_id = await newEntries("webhook", ["user.one", "user.two", "user.three"]);
  const first = await read({ subject_id, limit: "2" });
  expect(first.entries.map(({ action }) => action)).toEqual(["user.three", "user.two"]);
  const second = await read({ subject_id, limit: "2", cursor: first.next_cursor ?? "" });
  expect(second.entries.map(({ action }) => action)).toEqual(["user.one"]);
  expect(second.next_cursor).toBeNull();
  const oldest = await read({ subject_id, limit: "2", sort: "at" });
  expect(oldest.entries.map(({ action }) => action)).toEqual(["user.one", "user.two"]);
  const newest = await read({ subject_id, sort: "at", cursor: oldest.next_cursor ?? "" });
  expect(newest.entries.map(({ action }) => action)).toEqual(["user.three"]);
  expect(oldest.total).toEqual({ count: 3, is_more: false });
});

test("the log can be filtered by actor, action, subject and time", async () => {
  const { read } = await newReader();
  const actor = crypto.randomUUID();
  const subject_id = await newEntries(actor, ["user.one", "user.two", "user.three"]);
  const actions = async (asked: Record<string, string>) =>
    (await read(asked)).entries.map(({ action }) => action);
  expect(await actions({ actor })).toHaveLength(3);
  expect(await actions({ actor, action: "user.two" })).toEqual(["user.two"]);
  expect(await actions({ subject_type: "user", subject_id })).toHaveLength(3);
  expect(await actions({ subject_type: "partner", subject_id })).toEqual([]);
  const noonYesterday = new Date(Date.now() - DAY_MS / 2).toISOString();
  expect(await actions({ subject_id, since: noonYesterday })).toEqual(["user.three"]);
  expect(await actions({ subject_id, until: noonYesterday })).toEqual(["user.two", "user.one"]);
});

test("the actions of an admin include those of the admin's API tokens, and no others", async () => {
  const { id, read } = await newReader();
  await newEntries(`admin:${id}`, ["user.one"]);
  await newEntries(`admin:${id}/tok_1`, ["user.two"]);
  await newEntries(`admin:${id}x`, ["user.three"]);
  const names = async (actor: string) =>
    (await read({ actor, subject_type: "user" })).entries.map(({ action }) => action);
  expect((await names(`admin:${id}`)).toSorted()).toEqual(["user.one", "user.two"]);
  expect(await names(`admin:${id}/tok_1`)).toEqual(["user.two"]);
});

test("the acting admin is named as long as it exists", async () => {
  const { id, browser, read } = await newReader();
  const other = await admin.newAdmin();
  await browser.call("PATCH", `/admins/${other.id}`, { body: { name: "New" } });
  const { entries } = await read({ subject_id: other.id });
  expect(entries).toMatchObject([
    {
      actor: `admin:${id}`,
      actor_name: expect.stringContaining("Admin"),
      subject_type: "admin",
      after: { name: "New" },
    },
  ]);
});

test.each(["since=yesterday", "until=2026-13-01", "actor=%00", "limit=-1", "cursor=x"])(
  "the log refuses %s",
  async (wrong) => {
    const { browser } = await newReader();
    const answer = await browser.call("GET", `/audit-log?${wrong}`);
    const errors = [{ pointer: `/${wrong.split("=")[0]}` }];
    expect(answer).toMatchObject({ status: 422, body: { code: "invalid-input", errors } });
  },
);
