import * as v from "valibot";
import { expect, test } from "vitest";
import { createApiCaller } from "../../harness/api-caller.ts";
import { useAdmin } from "../use-admin.ts";

const admin = useAdmin();

const withId = v.object({ id: v.string() });

async function withPartner() {
  const { browser } = await admin.signedIn();
  const name = `Partner ${crypto.randomUUID()}`;
  const { id, apiKey } = await admin.stack().newPartner({ name });
  return { browser, partner: { id, name }, api_key: apiKey, path: `/partners/${id}` };
}

test("a partner is removed after its name was typed, and immediately if it has no data", async () => {
  const { browser, partner, path } = await withPartner();
  for (const body of [{}, { name: "Other" }]) {
    expect(await browser.call("DELETE", path, { body })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/name" }] },
    });
  }
  const body = { name: partner.name };
  const removed = await browser.call("DELETE", path, { body });
  expect(removed).toMatchObject({ status: 200, body: { removal: null } });
  expect(await browser.call("GET", path)).toMatchObject({ status: 404 });
  const audit = await admin
    .stack()
    .query("select action, before from audit_log where subject_id = $1", [partner.id]);
  expect(audit).toEqual([{ action: "partner.removed", before: { name: partner.name } }]);
});

test("a partner with users is shut off immediately, and its removal shows the progress", async () => {
  const { browser, partner, api_key, path } = await withPartner();
  const body = { imap_provider_code: "PLAIN" };
  const made = await browser.call("POST", `${path}/connections`, { body });
  const { id } = v.parse(withId, made.body);
  await browser.call("POST", `/connections/${id}/users`, { body: { tag: "one" } });

  for (let n = 0; n < 2; n++) {
    const removed = await browser.call("DELETE", path, { body: { name: partner.name } });
    const removal = { total: 1, done: 0 };
    expect(removed).toMatchObject({ status: 202, body: { removal } });
    const shown = await browser.call("GET", path);
    expect(shown.body).toMatchObject({ removal, paused_by: "admin", connections_count: 0 });
  }
  const used = await createApiCaller(admin.stack().url, api_key)("GET", "/connections");
  expect(used.status).toBe(401);
  for (const [method, rest, sent] of [
    ["PATCH", "", { name: "X" }],
    ["POST", "/resume", {}],
    ["POST", "/pause", {}],
    ["POST", "/api-keys", {}],
    ["POST", "/webhook-secret", {}],
    ["POST", "/signing-key", {}],
    ["POST", "/test-webhook", {}],
    ["POST", "/connections", { imap_provider_code: "PLAIN" }],
  ] as const) {
    const answer = await browser.call(method, `${path}${rest}`, { body: sent });
    expect([rest, answer]).toMatchObject([rest, { status: 409, body: { code: "conflict" } }]);
  }
});
