import * as v from "valibot";
import { expect, test } from "vitest";
import { newId } from "../../../shared/ids.ts";
import { eventually } from "../../harness/eventually.ts";
import { type TestPartner, useEdge, userPath, USERS } from "../use-edge.ts";

const edge = useEdge();

const logged = v.array(v.looseObject({ id: v.string(), cursor: v.string(), kind: v.string() }));

const read = async ({ call }: TestPartner, query = "") =>
  v.parse(logged, (await call("GET", `/events${query}`)).body);

/**
 * Waits until the log has at least this many events, and returns them. An internal transaction of
 * PostgreSQL may hide new events for a moment.
 */
const readUntil = (partner: TestPartner, count: number, query = "") =>
  eventually(`${count} events`, async () => {
    const events = await read(partner, query);
    return events.length < count ? undefined : events;
  });

/** Creates a partner with a connected user. The first event in its log is `user_connected`. */
async function connectedUser() {
  const partner = await edge.connectedPartner({ userConnectedWebhook: "https://hooks.test/c" });
  const body = { tag: "X", login_username: "u", login_password: "p" };
  await partner.call("POST", USERS, { body });
  const [row] = await edge
    .stack()
    .query(
      `select users.id from users join partner_connections c on c.id = connection_id where partner_id = $1`,
      [partner.id],
    );
  const userId = String(row?.["id"]);
  const mail = async (state: string, reason: string | null = null) => {
    const id = newId("evt");
    await edge.stack().query(
      `insert into mail_logs (event_id, user_id, partner_id, mailbox, uid_validity, uid, message_id,
                              size_bytes, internal_date, state, reason)
       values ($1, $2, $3, 'INBOX', 1, 1, '<1@x.test>', 5000, '2026-11-22T15:04:05.678Z', $4, $5)`,
      [id, userId, partner.id, state, reason],
    );
    return id;
  };
  return { partner, userId, mail };
}

test("the log lists events that were or will be delivered, in order and without bodies", async () => {
  const { partner, mail } = await connectedUser();
  const ids = [await mail("queued"), await mail("delivered"), await mail("dead", "503 again")];
  await mail("skipped", "oversize");
  await mail("parked");
  const events = await readUntil(partner, 4);
  const common = { user_tag: "X", imap_provider_code: "PLAIN", created_at: expect.any(String) };
  const facts = {
    ...common,
    cursor: expect.any(String),
    kind: "new_mail",
    message_id: "<1@x.test>",
    size_bytes: 5_000,
    internal_date: "2026-11-22T15:04:05.678Z",
  };
  expect(events).toEqual([
    {
      ...common,
      id: expect.stringMatching(/^evt_/),
      cursor: expect.any(String),
      kind: "user_connected",
      state: "queued",
      reason: null,
    },
    { ...facts, id: ids[0], state: "queued", reason: null },
    { ...facts, id: ids[1], state: "delivered", reason: null },
    { ...facts, id: ids[2], state: "dead", reason: "503 again" },
  ]);
});

test("a reader that continues after the last event misses none and sees none twice", async () => {
  const { partner, mail } = await connectedUser();
  for (let n = 0; n < 6; n++) await mail("queued");
  const whole = await readUntil(partner, 7);
  const pages = [];
  let next: string | undefined = "/events?limit=3";
  while (next !== undefined) {
    const { body, headers } = await partner.call("GET", next);
    pages.push(v.parse(logged, body));
    next = /^<[^>]*\/api\/v1([^>]*)>; rel="next"$/.exec(headers.get("link") ?? "")?.[1];
  }
  expect(pages.map((page) => page.length)).toEqual([3, 3, 1]);
  expect(pages.flat()).toEqual(whole);

  const last = whole.at(-1)?.cursor ?? "";
  expect(await read(partner, `?after=${last}`)).toEqual([]);
  const id = await mail("queued");
  expect(await readUntil(partner, 1, `?after=${last}`)).toMatchObject([{ id }]);
});

test("the log can be filtered by kind, page by page", async () => {
  const { partner, mail } = await connectedUser();
  await mail("queued");
  await mail("queued");
  await readUntil(partner, 3);
  expect(await read(partner, "?kind=user_connected")).toMatchObject([{ kind: "user_connected" }]);
  expect(await read(partner, "?kind=user_auth_failed")).toEqual([]);
  const { headers } = await partner.call("GET", "/events?kind=new_mail&limit=1");
  expect(headers.get("link")).toMatch(/limit=1&after=[\w-]+&kind=new_mail>; rel="next"$/);
});

test("another partner's events are not there, nor those of a removed user", async () => {
  const { partner, mail } = await connectedUser();
  await mail("queued");
  const [first] = await readUntil(partner, 2);
  const stranger = await edge.connectedPartner();
  expect(await read(stranger)).toEqual([]);
  expect(await read(stranger, `?after=${first?.cursor}`)).toEqual([]);
  expect((await partner.call("DELETE", `${userPath("X")}?purge=true`)).status).toBe(202);
  expect(await read(partner)).toEqual([]);
});

test("wrong parameters are refused", async () => {
  const { call } = await edge.newPartner();
  for (const query of ["after=x", "after=", "after=%00", "limit=0", "limit=1001", "kind=mail"]) {
    expect(await call("GET", `/events?${query}`)).toMatchObject({
      status: 422,
      body: { code: "invalid-input", errors: [{ pointer: `/${query.split("=")[0]}` }] },
    });
  }
});
