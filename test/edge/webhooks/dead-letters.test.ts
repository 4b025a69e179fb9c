import * as v from "valibot";
import { expect, test } from "vitest";
import { insertLetter, type LetterValues } from "./insert-letter.ts";
import { type TestPartner, useEdge, userPath, USERS } from "../use-edge.ts";

const edge = useEdge();

const shown = v.array(v.looseObject({ id: v.string(), state: v.string() }));

const list = async ({ call }: TestPartner, query = "") =>
  v.parse(shown, (await call("GET", `/dead-letters${query}`)).body);
const listIds = async (partner: TestPartner, query = "") =>
  (await list(partner, query)).map(({ id }) => id);

/** Creates a partner with two users. Deletes the outbox rows that this caused. */
async function newPartner(): Promise<TestPartner> {
  const partner = await edge.connectedPartner();
  for (const tag of ["Ann", "Bob"]) {
    await partner.call("POST", USERS, {
      body: { tag, login_username: tag, login_password: "p" },
    });
  }
  await edge.stack().query("delete from outbox where partner_id = $1", [partner.id]);
  return partner;
}

const letter = (partner: TestPartner, values: LetterValues = {}) =>
  insertLetter(edge.stack(), partner, { tag: "Ann", ...values });

const readRow = async (id: string) => {
  const [row] = await edge.stack().query("select * from dead_letters where event_id = $1", [id]);
  return row;
};

const readPokes = async ({ id }: TestPartner) =>
  edge
    .stack()
    .query("select kind from outbox where partner_id = $1 and kind = 'partner_changed'", [id]);

const at = (minute: number) => `2026-11-22T10:${String(minute).padStart(2, "0")}:00.000Z`;

test("a letter shows its event, its last error and its state", async () => {
  const partner = await newPartner();
  const id = await letter(partner, { diedAt: at(5) });
  expect(await list(partner)).toEqual([
    {
      id,
      kind: "new_mail",
      user_tag: "Ann",
      imap_provider_code: "PLAIN",
      state: "waiting",
      attempts: 7,
      last_error: "the endpoint answered 500",
      died_at: at(5),
      redeliver_requested_at: null,
      redelivered_at: null,
      redelivery_error: null,
      unreadable: false,
    },
  ]);
});

test("letters are listed by their deaths, the newest first, page by page", async () => {
  const partner = await newPartner();
  const ids: string[] = [];
  for (const minute of [1, 2, 2, 3, 4]) ids.push(await letter(partner, { diedAt: at(minute) }));
  const pages: string[][] = [];
  let next: string | undefined = "/dead-letters?limit=2&kind=new_mail";
  while (next !== undefined) {
    const { body, headers } = await partner.call("GET", next);
    pages.push(v.parse(shown, body).map(({ id }) => id));
    next = /^<[^>]*\/api\/v1([^>]*)>; rel="next"$/.exec(headers.get("link") ?? "")?.[1];
  }
  expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
  expect(pages.flat()).toEqual(await listIds(partner));
  expect(pages.flat().toSorted()).toEqual(ids.toSorted());
  expect([pages[0]?.[0], pages[2]?.[0]]).toEqual([ids[4], ids[0]]);
});

test("letters can be filtered by users, kinds, errors, times and states", async () => {
  const partner = await newPartner();
  const first = await letter(partner, { diedAt: at(1) });
  const bobs = await letter(partner, { tag: "Bob", diedAt: at(2) });
  const other = await letter(partner, { kind: "user_connected", diedAt: at(3) });
  const timeout = await letter(partner, { lastError: "no answer: 50% lost", diedAt: at(4) });
  const done = await letter(partner, { diedAt: at(5), redeliveredAt: at(6) });
  const cases: [query: string, ids: string[]][] = [
    ["user_tag=bob", [bobs]],
    ["user_tag=nobody", []],
    ["imap_provider_code=PLAIN&user_tag=Bob", [bobs]],
    ["imap_provider_code=GMAIL_OAUTH2", []],
    ["kind=user_connected", [other]],
    ["error=50%25", [timeout]],
    ["error=answered%20500&user_tag=Ann&state=waiting", [other, first]],
    [`died_after=${at(3)}`, [done, timeout]],
    [`died_before=${at(2)}`, [first]],
    ["died_before=", [done, timeout, other, bobs, first]],
    ["state=redelivered", [done]],
    ["state=requested", []],
  ];
  for (const [query, ids] of cases) {
    expect([query, await listIds(partner, `?${query}`)]).toEqual([query, ids]);
  }
});

test("wrong parameters are refused", async () => {
  const { call } = await edge.newPartner();
  const queries = ["cursor=x", "limit=0", "kind=mail", "state=dead", "died_after=today"];
  for (const query of [...queries, "user_tag=%00", "error=%0a", "imap_provider_code="]) {
    expect(await call("GET", `/dead-letters?${query}`)).toMatchObject({
      status: 422,
      body: { code: "invalid-input", errors: [{ pointer: `/${query.split("=")[0]}` }] },
    });
  }
});

test("a redelivery is requested once, and the fleet is poked", async () => {
  const partner = await newPartner();
  const id = await letter(partner);
  const asked = await partner.call("POST", `/dead-letters/${id}/redeliver`);
  expect(asked).toMatchObject({ status: 202, body: { id, state: "requested" } });
  const before = await readRow(id);
  expect(before?.["redeliver_requested_at"]).toBeInstanceOf(Date);
  expect(await partner.call("POST", `/dead-letters/${id}/redeliver`)).toMatchObject({
    status: 202,
    body: { state: "requested" },
  });
  expect(await readRow(id)).toEqual(before);
  expect(await readPokes(partner)).toHaveLength(1);
  expect(await listIds(partner, "?state=requested")).toEqual([id]);
});

test("a letter that was queued three days ago without an end can be redelivered again", async () => {
  const partner = await newPartner();
  const id = await letter(partner);
  await edge.stack().query(
    `update dead_letters set redeliver_requested_at = now() - interval '4 days',
            requeued_at = now() - interval '73 hours' where event_id = $1`,
    [id],
  );
  await partner.call("POST", `/dead-letters/${id}/redeliver`);
  expect(await readRow(id)).toMatchObject({ requeued_at: null });
});

test("an impossible redelivery is refused with the reason", async () => {
  const partner = await newPartner();
  const poison = await letter(partner, { unreadable: true });
  const done = await letter(partner, { redeliveredAt: at(1) });
  for (const [id, words] of [
    [poison, "it cannot be read"],
    [done, "it was redelivered already"],
  ]) {
    expect(await partner.call("POST", `/dead-letters/${id}/redeliver`)).toMatchObject({
      status: 409,
      body: { code: "conflict", detail: `Cannot deliver the event again: ${words}` },
    });
  }
  const all = await partner.call("POST", "/dead-letters/redeliver", { body: { all: true } });
  expect(all).toMatchObject({ status: 202, body: { requested: 0 } });
});

test("many are requested by a filter, or all, and the counts show it", async () => {
  const partner = await newPartner();
  for (const tag of ["Ann", "Ann", "Bob", "Bob", "Bob"]) await letter(partner, { tag });
  const redeliver = (body: object) => partner.call("POST", "/dead-letters/redeliver", { body });
  const some = await redeliver({ user_tag: "bob", died_after: at(0) });
  expect(some).toMatchObject({ status: 202, body: { requested: 3 } });
  expect(some.headers.get("location")).toMatch(/\/api\/v1\/dead-letters\/counts$/);
  const counts = async () => (await partner.call("GET", "/dead-letters/counts")).body;
  expect(await counts()).toEqual({ waiting: 2, requested: 3, redelivered: 0 });
  expect(await redeliver({ all: "true" })).toMatchObject({ body: { requested: 2 } });
  expect(await redeliver({ all: true })).toMatchObject({ body: { requested: 0 } });
  expect(await counts()).toEqual({ waiting: 0, requested: 5, redelivered: 0 });
});

test.each(["redeliver", "delete"])("nothing means not everything: %s", async (what) => {
  const partner = await newPartner();
  const id = await letter(partner);
  const bodies = [{}, { all: false }, { all: true, user_tag: "Ann" }, { died_after: "" }];
  for (const body of bodies) {
    expect(await partner.call("POST", `/dead-letters/${what}`, { body })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/all" }] },
    });
  }
  expect(await readRow(id)).toMatchObject({
    redeliver_requested_at: null,
    delete_requested_at: null,
  });
});

test("a deleted letter is no longer visible immediately", async () => {
  const partner = await newPartner();
  const [id, kept] = [await letter(partner), await letter(partner, { tag: "Bob" })];
  expect((await partner.call("DELETE", `/dead-letters/${id}`)).status).toBe(204);
  expect(await listIds(partner)).toEqual([kept]);
  for (const path of [`/dead-letters/${id}`, `/dead-letters/${id}/eml`]) {
    expect((await partner.call("GET", path)).status).toBe(404);
  }
  expect((await partner.call("DELETE", `/dead-letters/${id}`)).status).toBe(404);
  expect((await partner.call("POST", `/dead-letters/${id}/redeliver`)).status).toBe(404);
  expect(await readPokes(partner)).toHaveLength(1);
  const gone = await partner.call("POST", "/dead-letters/delete", { body: { user_tag: "Bob" } });
  expect(gone).toMatchObject({ status: 202, body: { deleted: 1 } });
  expect(await listIds(partner)).toEqual([]);
  const audit = await edge
    .stack()
    .query("select action, details from audit_log where subject_id = $1 order by at", [partner.id]);
  expect(audit).toMatchObject([
    { action: "dead_letters.deletion_requested", details: { letters: 1 } },
    { action: "dead_letters.deletion_requested", details: { letters: 1 } },
  ]);
});

test("another partner's letters are not there, nor those of a removed user", async () => {
  const victim = await newPartner();
  const id = await letter(victim);
  const before = await readRow(id);
  const stranger = await newPartner();
  const own = await letter(stranger, { tag: "Bob" });
  expect(await listIds(stranger)).toEqual([own]);
  for (const [method, path] of [
    ["GET", `/dead-letters/${id}`],
    ["GET", `/dead-letters/${id}/eml`],
    ["POST", `/dead-letters/${id}/redeliver`],
    ["DELETE", `/dead-letters/${id}`],
  ] as const) {
    expect([path, (await stranger.call(method, path)).status]).toEqual([path, 404]);
  }
  for (const what of ["redeliver", "delete"]) {
    await stranger.call("POST", `/dead-letters/${what}`, { body: { all: true } });
  }
  expect(await readRow(id)).toEqual(before);
  expect((await victim.call("DELETE", `${userPath("Ann")}?purge=true`)).status).toBe(202);
  expect(await listIds(victim)).toEqual([]);
  expect((await victim.call("GET", `/dead-letters/${id}`)).status).toBe(404);
});
