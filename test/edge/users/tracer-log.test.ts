import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { expect, test } from "vitest";
import { type TestPartner, USERS, useEdge } from "../use-edge.ts";

const edge = useEdge();

const SENT_MS = Date.parse("2026-11-22T10:00:00Z");
const after = (ms: number) => new Date(SENT_MS + ms).toISOString();
const shown = v.array(v.looseObject({ uid: v.string() }));

async function newPartner(): Promise<TestPartner> {
  const partner = await edge.connectedPartner();
  for (const tag of ["Ann", "Bob"]) {
    const body = { tag, login_username: tag, login_password: "p" };
    await partner.call("POST", USERS, { body });
  }
  return partner;
}

/**
 * Inserts a tracer as the fleet writes it.
 * @returns its uid.
 */
async function insertTracer(
  { id }: TestPartner,
  values: Record<string, string | boolean>,
  tag = "Ann",
) {
  const uid = randomUUID();
  const columns = { sent_at: after(0), ...values };
  const names = Object.keys(columns);
  await edge.stack().query(
    `insert into tracer_logs (uid, user_id, ${names.join(", ")})
     select $1, users.id, ${names.map((_name, index) => `$${index + 4}`).join(", ")}
     from users join partner_connections on partner_connections.id = connection_id
     where partner_id = $2 and tag = $3`,
    [uid, id, tag, ...Object.values(columns)],
  );
  return uid;
}

const readUids = async ({ call }: TestPartner, query = "") =>
  v.parse(shown, (await call("GET", `/tracer-log${query}`)).body).map(({ uid }) => uid);

test("a partner sees how far its tracers came, and how fast", async () => {
  const partner = await newPartner();
  const stages = { seen_at: after(400), published_at: after(450), answered_at: after(900) };
  const tested = { ...stages, delivery_test: true, event_id: "evt_1" };
  const uid = await insertTracer(partner, tested);
  expect((await partner.call("GET", "/tracer-log")).body).toEqual([
    {
      uid,
      user_tag: "Ann",
      imap_provider_code: "PLAIN",
      event_id: "evt_1",
      state: "arrived",
      delivery_test: true,
      sent_at: after(0),
      ...stages,
      seen_after_ms: 400,
      published_after_ms: 450,
      answered_after_ms: 900,
      latency_ms: 900,
      send_error: null,
    },
  ]);
});

test("tracers are listed by their sending, the newest first, page by page", async () => {
  const partner = await newPartner();
  const uids: string[] = [];
  for (const ms of [1, 2, 2, 3]) uids.push(await insertTracer(partner, { sent_at: after(ms) }));
  await insertTracer(partner, {}, "Bob");
  const pages: string[][] = [];
  let next: string | undefined = "/tracer-log?limit=3&user_tag=ann&imap_provider_code=PLAIN";
  while (next !== undefined) {
    const { body, headers } = await partner.call("GET", next);
    pages.push(v.parse(shown, body).map(({ uid }) => uid));
    next = /^<[^>]*\/api\/v1([^>]*)>; rel="next"$/.exec(headers.get("link") ?? "")?.[1];
  }
  expect(pages.map((page) => page.length)).toEqual([3, 1]);
  expect(pages.flat().toSorted()).toEqual(uids.toSorted());
  expect([pages[0]?.[0], pages[1]?.[0]]).toEqual([uids[3], uids[0]]);
});

test("tracers can be filtered by user and connection, and never include another partner's", async () => {
  const [partner, other] = [await newPartner(), await newPartner()];
  const anns = await insertTracer(partner, { sent_at: after(1) });
  const bobs = await insertTracer(partner, { sent_at: after(2), send_error: "refused" }, "Bob");
  expect(await readUids(partner)).toEqual([bobs, anns]);
  expect(await readUids(partner, "?user_tag=BOB")).toEqual([bobs]);
  expect(await readUids(partner, "?user_tag=nobody")).toEqual([]);
  expect(await readUids(partner, "?imap_provider_code=GMAIL_OAUTH2")).toEqual([]);
  expect(await readUids(other)).toEqual([]);
});

test.each(["cursor=x", "limit=0", "limit=1001", "user_tag=%00", "imap_provider_code="])(
  "the log refuses %s",
  async (query) => {
    const { call } = await edge.newPartner();
    expect(await call("GET", `/tracer-log?${query}`)).toMatchObject({
      status: 422,
      body: { code: "invalid-input", errors: [{ pointer: `/${query.split("=")[0]}` }] },
    });
  },
);
