import { expect, test } from "vitest";
import { defaultEdgePlatform } from "../../../dev/servers/edge.ts";
import { createApiCaller } from "../../harness/api-caller.ts";
import { useAdmin } from "../use-admin.ts";

const admin = useAdmin({ PUBLIC_URL: "https://mail.test", ALLOW_PRIVATE_HOSTS: "false" });
const query = (sql: string, values?: unknown[]) => admin.stack().query(sql, values);

/** Off Workers the edge redirects the plain HTTP of these tests to https. */
const isElsewhere = defaultEdgePlatform() !== "workerd";

async function expectRefused(reason: string): Promise<void> {
  const browser = admin.newBrowser();
  for (const answer of [
    await browser.call("GET", "/session"),
    await browser.call("GET", "/admins"),
    await browser.signIn("admin@example.com"),
  ]) {
    const detail = expect.stringContaining(reason);
    expect(answer).toMatchObject({ status: 503, body: { code: "unavailable", detail } });
  }
}

test.skipIf(isElsewhere)(
  "in production the admin part serves nothing until an admin was created",
  async () => {
    await expectRefused("there is no admin yet");
    const showPage = async () => (await fetch(`${admin.stack().url}/admin/`)).status;
    expect(await showPage()).toBe(503);
    const log = await admin.stack().log();
    expect(log).toContain('"event":"admin.refused"');

    const { id, email } = await admin.newAdmin("default");
    await expectRefused("default password");

    await query("update admin_users set password_kind = 'chosen' where id = $1", [id]);
    const browser = admin.newBrowser();
    expect((await browser.signIn(email)).status).toBe(201);
    expect((await browser.call("GET", "/admins")).status).toBe(200);
    expect(await showPage()).toBe(200);
  },
);

test.skipIf(isElsewhere)("partners are served meanwhile", async () => {
  const { apiKey } = await admin.stack().newPartner();
  const call = createApiCaller(admin.stack().url, apiKey);
  expect((await call("GET", "/connections")).status).toBe(200);
});

test.skipIf(isElsewhere)(
  "a request from this machine counts as a foreign origin in production",
  async () => {
    const { url } = admin.stack();
    const answer = await admin.newBrowser().call("POST", "/session", {
      body: { email: "a@b.test", password: "x" },
      headers: { origin: url },
    });
    expect(answer).toMatchObject({ status: 403, body: { code: "forbidden" } });
  },
);
