import { createHash } from "node:crypto";
import * as v from "valibot";
import { expect, test } from "vitest";
import { event } from "../../../shared/users/events.ts";
import { type TestPartner, useEdge, userPath, USERS } from "../use-edge.ts";

const edge = useEdge();
const login = { login_username: "u", login_password: "p" };
const webhooks = {
  userConnectedWebhook: "https://hooks.test/connected",
  userDisconnectedWebhook: "https://hooks.test/disconnected",
};

/**
 * Runs `work`. Returns what it has added to the partner's outbox: the kinds of the rows, the
 * events, and the ids of changed users.
 */
async function rowsFrom(partner: TestPartner, work: () => Promise<unknown>) {
  const all = () =>
    edge.stack().query("select * from outbox where partner_id = $1 order by id", [partner.id]);
  const before = (await all()).length;
  await work();
  const rows = (await all()).slice(before);
  return {
    kinds: rows.map((row) => row["kind"]),
    events: rows
      .filter((row) => row["kind"] === "event")
      .map((row) => ({ eventId: row["event_id"], ...v.parse(event, row["payload"]) })),
    userIds: rows.filter((row) => row["kind"] === "users_changed").map((row) => row["payload"]),
  };
}

const poke = { kinds: ["users_changed"], events: [] };
const nothing = { kinds: [], events: [], userIds: [] };

test("each change writes its row, and a request without a change writes none", async () => {
  const partner = await edge.connectedPartner(webhooks);
  const { call } = partner;
  const put = (body: object) => rowsFrom(partner, () => call("PUT", userPath("X"), { body }));

  const created = await rowsFrom(partner, () => call("POST", USERS, { body: { tag: "X" } }));
  expect(created).toMatchObject(poke);
  const [row] = await edge.stack().query("select id from users where tag = 'X'");
  expect(created.userIds).toEqual([{ user_ids: [row?.["id"]] }]);

  expect(await put({ email: "x@x.test" })).toMatchObject(poke);
  expect(await put({ email: "x@x.test", tag: "X", archived: false })).toEqual(nothing);
  expect(await put({})).toEqual(nothing);
  expect(await put({ archived: true })).toMatchObject(poke);
  expect(await rowsFrom(partner, () => call("DELETE", userPath("X")))).toEqual(nothing);
  expect(await put({ archived: false })).toMatchObject(poke);
  expect(await rowsFrom(partner, () => call("DELETE", userPath("X")))).toMatchObject(poke);
});

test("a refused request writes nothing", async () => {
  const partner = await edge.connectedPartner(webhooks);
  const { call } = partner;
  await call("POST", USERS, { body: { tag: "X" } });
  await call("POST", USERS, { body: { tag: "Y" } });
  expect(
    await rowsFrom(partner, async () => {
      await call("POST", USERS, { body: { tag: "x", ...login } });
      await call("PUT", userPath("Y"), { body: { tag: "X", ...login } });
      await call("PUT", userPath("Y"), { body: { email: "no" } });
      await call("POST", "/connections", { body: { imap_provider_code: "PLAIN" } });
      await call("PUT", "/connections/PLAIN");
    }),
  ).toEqual(nothing);
});

test("a completed or removed login creates an event, but archiving does not", async () => {
  const partner = await edge.connectedPartner(webhooks);
  const { call } = partner;
  const put = (tag: string, body: object) =>
    rowsFrom(partner, () => call("PUT", userPath(tag), { body }));

  const created = await rowsFrom(partner, () =>
    call("POST", USERS, { body: { tag: "Ü", email: "x@x.test", ...login } }),
  );
  expect(created.kinds).toEqual(["users_changed", "event"]);
  const [connected] = created.events;
  expect(connected).toMatchObject({
    kind: "user_connected",
    partner_id: partner.id,
    user_tag: "Ü",
    email: "x@x.test",
    imap_provider_code: "PLAIN",
    sha1: createHash("sha1").update("Ü").digest("hex"),
  });
  expect(connected?.eventId).toBe(connected?.id);

  expect(await put("Ü", { login_password: "other" })).toMatchObject(poke);
  expect(await put("Ü", { archived: true })).toMatchObject(poke);
  expect(await put("Ü", { archived: false })).toMatchObject(poke);
  const removed = await put("Ü", { login_password: null, tag: "new" });
  expect(removed.events).toMatchObject([{ kind: "user_disconnected", user_tag: "new" }]);
  expect(await put("new", { login_password: "" })).toEqual(nothing);
  const again = await put("new", { login_password: "p" });
  expect(again.events).toMatchObject([{ kind: "user_connected", user_tag: "new" }]);
  expect(again.events[0]?.id).not.toBe(connected?.id);
});

test.each([null, "", "  "])("a webhook %j wants no event", async (url) => {
  const partner = await edge.connectedPartner({
    userConnectedWebhook: url,
    userDisconnectedWebhook: url,
  });
  const work = async () => {
    await partner.call("POST", USERS, { body: { tag: "X", ...login } });
    await partner.call("PUT", userPath("X"), { body: { login_username: "" } });
  };
  expect(await rowsFrom(partner, work)).toMatchObject({
    kinds: ["users_changed", "users_changed"],
  });
});

test("changes of a connection poke the fleet about the partner", async () => {
  const partner = await edge.newPartner();
  const { call } = partner;
  const code = { imap_provider_code: "GMAIL_OAUTH2" };
  const path = "/connections/GMAIL_OAUTH2";
  const changed = { kinds: ["partner_changed"] };
  const body = { oauth2_client_id: "a" };
  expect(await rowsFrom(partner, () => call("POST", "/connections", { body: code }))).toMatchObject(
    changed,
  );
  expect(await rowsFrom(partner, () => call("PUT", path, { body }))).toMatchObject(changed);
  expect(await rowsFrom(partner, () => call("PUT", path, { body }))).toEqual(nothing);
  const removed = await rowsFrom(partner, () => call("DELETE", path));
  expect(removed.kinds).toContain("partner_changed");
});
