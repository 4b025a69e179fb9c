import * as v from "valibot";
import { expect, test } from "vitest";
import { searchUsers, type UserSearch } from "../../../db/users/user-list.ts";
import { listStateChanges } from "../../../db/users/user-state-changes.ts";
import { countPartners, listPartners } from "../../../db/partners/partner-list.ts";
import { useAdmin } from "../use-admin.ts";

const admin = useAdmin();
const query = (sql: string, values?: unknown[]) => admin.stack().query(sql, values);

const page = v.object({
  users: v.array(v.looseObject({ tag: v.string() })),
  next_cursor: v.nullable(v.string()),
});
const withId = v.object({ id: v.string() });

test("users are found by tag and address, in a partner or a connection, and by state", async () => {
  const { browser } = await admin.signedIn();
  const { id: partner_id } = await admin.stack().newPartner();
  const post = async (path: string, body: object) =>
    v.parse(withId, (await browser.call("POST", path, { body })).body).id;
  const connect = (imap_provider_code: string) =>
    post(`/partners/${partner_id}/connections`, { imap_provider_code });
  const [plain, any] = [await connect("PLAIN"), await connect("IMAP")];
  const unique = crypto.randomUUID();
  const email = `B-${unique}@x.test`;
  await post(`/connections/${plain}/users`, { tag: `A_${unique}`, enable_tracer: true });
  const archived = await post(`/connections/${plain}/users`, { tag: "two", email });
  await browser.call("PATCH", `/users/${archived}`, { body: { archived: true } });
  await post(`/connections/${any}/users`, { tag: `aX${unique}` });

  const find = async (asked: Record<string, string>) => {
    const { body } = await browser.call("GET", `/users?${new URLSearchParams(asked).toString()}`);
    const { users, next_cursor } = v.parse(page, body);
    return { tags: users.map(({ tag }) => tag.slice(0, 3)), next_cursor };
  };
  const tags = async (asked: Record<string, string>) => (await find(asked)).tags;
  expect(await tags({ partner_id })).toEqual(["aX" + unique[0], "two", "A_" + unique[0]]);
  expect(await tags({ connection_id: plain })).toEqual(["two", "A_" + unique[0]]);
  expect(await tags({ text: `a_${unique.toUpperCase()}` })).toEqual(["A_" + unique[0]]);
  expect(await tags({ text: email.toLowerCase().slice(0, 20) })).toEqual(["two"]);
  expect(await tags({ text: `%${unique}` })).toEqual([]);
  expect(await tags({ partner_id, archived: "true" })).toEqual(["two"]);
  expect(await tags({ partner_id, archived: "false" })).toHaveLength(2);
  expect(await tags({ partner_id, tracer: "true" })).toEqual(["A_" + unique[0]]);
  expect(await tags({ partner_id, state: "archived" })).toEqual(["two"]);
  expect(await tags({ partner_id, state: "watching" })).toEqual([]);
  expect(await tags({ partner_id: "prt_nobody" })).toEqual([]);
  await query(
    `update users set imap_host = 'Mail.Example', state_reason = 'timeout' where tag = $1`,
    [`A_${unique}`],
  );
  expect(await tags({ partner_id, host: "mail.EXAMPLE" })).toEqual(["A_" + unique[0]]);
  expect(await tags({ partner_id, reason: "timeout" })).toEqual(["A_" + unique[0]]);
  expect(await tags({ partner_id, reason: "wrong_password" })).toEqual([]);
  expect(await tags({ partner_id, provider: "PLAIN", host: "mail.example" })).toHaveLength(1);
  expect(await tags({ partner_id, provider: "IMAP" })).toEqual(["aX" + unique[0]]);
  expect(await tags({ partner_id, sort: "tag" })).toEqual([
    "A_" + unique[0],
    "aX" + unique[0],
    "two",
  ]);
  const byTag = await find({ partner_id, sort: "-tag", limit: "1" });
  const after = { partner_id, sort: "-tag", cursor: byTag.next_cursor ?? "" };
  expect([byTag.tags, await tags(after)]).toEqual([["two"], ["aX" + unique[0], "A_" + unique[0]]]);
  expect(await tags({ partner_id, sort: "-state_changed", limit: "1" })).toEqual([
    "aX" + unique[0],
  ]);
  const wrong = await browser.call("GET", `/users?sort=tag&cursor=${byTag.next_cursor}`);
  expect(wrong).toMatchObject({ status: 422, body: { errors: [{ pointer: "/cursor" }] } });
  const { body: counted } = await browser.call("GET", `/users?partner_id=${partner_id}&limit=1`);
  expect(counted).toMatchObject({ total: { count: 3, is_more: false } });
  const first = await find({ partner_id, limit: "2" });
  const cursor = first.next_cursor ?? "";
  expect(await find({ partner_id, limit: "2", cursor })).toEqual({
    tags: ["A_" + unique[0]],
    next_cursor: null,
  });
});

test.each([
  "limit=0",
  "cursor=x",
  "state=asleep",
  "archived=perhaps",
  "text=%00",
  "tracer=2",
  "sort=email",
])("the search refuses %s", async (wrong) => {
  const { browser } = await admin.signedIn();
  const errors = [{ pointer: `/${wrong.split("=")[0]}` }];
  const answer = await browser.call("GET", `/users?${wrong}`);
  expect(answer).toMatchObject({ status: 422, body: { code: "invalid-input", errors } });
});

const USERS = 20_000;

/**
 * Inserts 20,000 similar users: 1 % for a small partner, 99 % for a large one. Returns the ids of
 * the small partner and of its connection.
 */
async function manyUsers(): Promise<{ partnerId: string; connectionId: string }> {
  const ids = [];
  for (const name of ["many", "few"]) {
    const { id } = await admin.stack().newPartner();
    await query(
      "insert into partner_connections (id, partner_id, provider_id) values ($1, $2, 'prv_plain')",
      [`con_${name}`, id],
    );
    ids.push(id);
  }
  await query(
    `insert into users (id, connection_id, tag, email, state, enable_tracer, archived_at)
     select 'usr_' || lpad(n::text, 22, '0'), case when n % 100 = 0 then 'con_few' else 'con_many' end,
            md5(n::text), md5('e' || n) || '@x.test',
            case when n % 500 = 0 then 'archived' when n % 499 = 0 then 'auth_failed' else 'watching' end,
            n % 1000 = 1, case when n % 500 = 0 then now() end
     from generate_series(1, ${USERS}) as n`,
  );
  await query(
    "insert into partners (id, name, sealed_webhook_secret) select 'prt_' || n, md5(n::text), '' from generate_series(1, 5000) as n",
  );
  await query("vacuum analyze users, partners, partner_connections");
  return { partnerId: ids[1] ?? "", connectionId: "con_few" };
}

async function explainQuery(built: {
  toSQL(): { sql: string; params: unknown[] };
}): Promise<string> {
  const { sql, params } = built.toSQL();
  const rows = await query(`explain ${sql}`, params);
  return rows.map((row) => String(row["QUERY PLAN"])).join("\n");
}

test("no search reads all users, and no list of partners all partners", async () => {
  const { db } = admin.stack();
  const { partnerId, connectionId } = await manyUsers();
  const searches: [index: RegExp, UserSearch][] = [
    [/users_pkey/, {}],
    [
      /users_search_tag[^]*users_search_email|users_search_email[^]*users_search_tag/,
      { text: "c4ca" },
    ],
    [/users_by_(connection_)?state/, { state: "auth_failed" }],
    [/users_by_reason/, { reason: "timeout" }],
    [/users_archived|users_by_connection/, { archived: true }],
    [/users_pkey/, { archived: false }],
    [/users_tracers/, { tracer: true }],
    [/users_by_connection/, { connectionId }],
    [/users_by_connection|users_pkey/, { partnerId }],
    [/users_by_(connection|state)/, { connectionId, state: "archived" }],
  ];
  for (const [index, search] of searches) {
    const newest = { order: "-created", after: undefined, limit: 51 } as const;
    const plan = await explainQuery(searchUsers(db, search, newest));
    expect([search, plan]).toEqual([search, expect.stringMatching(index)]);
    expect([search, plan]).toEqual([search, expect.not.stringContaining("Seq Scan on users")]);
  }
  const orders = [
    ["tag", /Index Cond: .*lower\(.*tag\).*>/, "c4ca"],
    ["-tag", /Index Cond: .*lower\(.*tag\).*</, "c4ca"],
    ["-state_changed", /users_by_state_change/, "2026-11-22T20:00:00.123456Z"],
    ["created", /users_pkey/, ""],
  ] as const;
  for (const [order, index, key] of orders) {
    const page = { order, after: { key, id: "usr_1" }, limit: 51 };
    const plan = await explainQuery(searchUsers(db, {}, page));
    expect([order, plan]).toEqual([order, expect.stringMatching(index)]);
    expect([order, plan]).toEqual([order, expect.not.stringMatching(/Seq Scan on users|Full/)]);
  }
  for (const name of [undefined, "c4ca"]) {
    const page = { order: "name", after: "prt_7", limit: 51 } as const;
    const plan = await explainQuery(listPartners(db, { name }, page));
    expect(plan).toMatch(/partners_search_name/);
    expect(plan).not.toMatch(/Seq Scan on partners/);
  }
  const history = listStateChanges(db, "usr_1", { before: undefined, limit: 11 });
  expect(await explainQuery(history)).not.toMatch(/Seq Scan on partners/);
  const counts = await countPartners(db, [partnerId]);
  expect(counts.get(partnerId)).toEqual({
    connections: 1,
    users: { archived: 40, watching: 160 },
  });
});
