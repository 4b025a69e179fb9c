import { afterAll, beforeAll, expect, test } from "vitest";
import { newApiKey } from "../../../shared/secrets/api-key.ts";
import { sha256Hex } from "../../../shared/secrets/sha256.ts";
import { adminBrowser } from "../../admin/admin-browser.ts";
import { createApiCaller } from "../../harness/api-caller.ts";
import { fromAddress } from "../../harness/caller-address.ts";
import type { EdgeStack } from "../../harness/stacks/edge-stack.ts";
import { eventually } from "../../harness/eventually.ts";
import { startOwnEdge } from "../../harness/stacks/open-edge.ts";

let edge: EdgeStack;
let withoutDatabase: EdgeStack;
beforeAll(async () => {
  edge = await startOwnEdge({ settings: { EDGE_DATABASE_CONNECTIONS: "4" } });
  // No server listens on this port.
  withoutDatabase = await startOwnEdge({
    settings: {
      DATABASE_PROXY: "127.0.0.1:9",
      DATABASE_URL: "postgres://nobody@127.0.0.1:9/nowhere",
    },
  });
});
afterAll(async () => {
  await edge?.[Symbol.asyncDispose]();
  await withoutDatabase?.[Symbol.asyncDispose]();
});

const from = (address: string) => ({ headers: fromAddress(address) });
const REFUSED = { status: 429, body: { code: "too-many-requests" } };
const madeUpKey = async () => (await newApiKey()).key;
const readRetryAfter = ({ headers }: { headers: Headers }) => Number(headers.get("retry-after"));

test("invented keys are looked up thirty times a minute per sender, and a /64 is one sender", async () => {
  const partner = await edge.newPartner();
  const ask = async (address: string, key?: string) =>
    createApiCaller(edge.url, key ?? (await madeUpKey()))("GET", "/connections", from(address));
  const statuses: number[] = [];
  for (let n = 0; n < 31; n++) statuses.push((await ask(`2001:db8:1:1::${n.toString(16)}`)).status);
  expect(statuses).toEqual([...Array<number>(30).fill(401), 429]);
  const refused = await ask("2001:db8:1:1::ffff");
  expect(refused).toMatchObject(REFUSED);
  expect(readRetryAfter(refused)).toBeGreaterThan(0);
  expect(readRetryAfter(refused)).toBeLessThanOrEqual(60);
  expect((await ask("2001:db8:1:2::1")).status).toBe(401);
  // Above the limit, the edge also refuses a valid key that it has not seen yet. It learns the key
  // from a request of another sender.
  expect((await ask("2001:db8:1:1::1", partner.apiKey)).status).toBe(429);
  expect((await ask("2001:db8:1:3::1", partner.apiKey)).status).toBe(200);
  expect((await ask("2001:db8:1:1::1", partner.apiKey)).status).toBe(200);
});

test("good keys are not counted, and a revoked one is no longer known", async () => {
  const { apiKey } = await edge.newPartner();
  const call = createApiCaller(edge.url, apiKey);
  const sender = from("2001:db8:2:1::1");
  for (let n = 0; n < 40; n++) {
    expect((await call("GET", "/connections", sender)).status).toBe(200);
  }
  await edge.query("update api_keys set revoked_at = now() where key_hash = $1", [
    await sha256Hex(apiKey),
  ]);
  expect((await call("GET", "/connections", sender)).status).toBe(401);
});

test("a key with a wrong checksum costs no connection", async () => {
  const key = await madeUpKey();
  const ask = (apiKey: string) =>
    createApiCaller(withoutDatabase.url, apiKey)("GET", "/connections");
  expect((await ask(key)).status).toBe(503);
  const last = key.endsWith("x") ? "y" : "x";
  expect((await ask(key.slice(0, -1) + last)).status).toBe(401);
  expect((await ask("x".repeat(300))).status).toBe(401);
});

test.each(["sk_0123456789ABCDEFGHIJKLMNOPQ", "0badc0ffee0badc0ffee"])(
  "a key of before, without a checksum, goes on working: %s",
  async (key) => {
    const { id, apiKey } = await edge.newPartner();
    await edge.query("update api_keys set key_hash = $2 where partner_id = $1", [
      id,
      await sha256Hex(key),
    ]);
    expect((await createApiCaller(edge.url, key)("GET", "/connections")).status).toBe(200);
    expect((await createApiCaller(edge.url, apiKey)("GET", "/connections")).status).toBe(401);
  },
);

test("ten sign-ins a minute are judged for one sender", async () => {
  const signIn = (address: string) =>
    adminBrowser(edge.url, "").call("POST", "/session", {
      body: { email: "nobody@example.com", password: "wrong" },
      ...from(address),
    });
  for (let n = 0; n < 10; n++) expect((await signIn("203.0.113.1")).status).toBe(401);
  const refused = await signIn("203.0.113.1");
  expect(refused).toMatchObject(REFUSED);
  expect(readRetryAfter(refused)).toBeGreaterThan(0);
});

test("invented sessions are looked up sixty times a minute per sender", async () => {
  const browser = adminBrowser(edge.url, "");
  browser.cookie = "__Host-superimap_admin=made-up";
  const sender = from("203.0.113.2");
  for (let n = 0; n < 60; n++) {
    expect((await browser.call("GET", "/session", sender)).status).toBe(401);
  }
  expect(await browser.call("GET", "/session", sender)).toMatchObject(REFUSED);
});

test("pages of links are counted, and above the limit the answer says when to retry", async () => {
  const open = (path: string) => fetch(`${edge.url}${path}`, from("203.0.113.3"));
  const statuses = new Set<number>();
  for (let n = 0; n < 240; n++) statuses.add((await open("/connect/made.up.token")).status);
  expect(statuses).not.toContain(429);
  for (const path of ["/connect/made.up.token", "/oauth2/callback?state=x", "/disconnect/x"]) {
    const refused = await open(path);
    expect(refused.status).toBe(429);
    expect(readRetryAfter(refused)).toBeGreaterThan(0);
    expect(refused.headers.get("content-type")).toMatch(/^text\/html/);
  }
});

test("requests whose callers disconnected release their connections", async () => {
  const { apiKey } = await edge.newPartner();
  const call = createApiCaller(edge.url, apiKey);
  expect((await call("GET", "/connections")).status).toBe(200);
  const hangUp = async () => {
    const caller = new AbortController();
    const asked = fetch(`${edge.url}/api/v1/connections`, {
      headers: { "x-api-key": apiKey },
      signal: caller.signal,
    });
    setTimeout(() => caller.abort(), 5);
    await asked.then((answer) => answer.body?.cancel()).catch(() => undefined);
  };
  for (let n = 0; n < 10; n++) await Promise.all([hangUp(), hangUp(), hangUp(), hangUp()]);
  // A connection that was not released returns to the pool at the end of its lease. The time limit
  // below is shorter than the lease, so the test would then fail.
  await eventually(
    "a connection",
    async () => ((await call("GET", "/connections")).status === 200 ? true : undefined),
    30_000,
  );
});

test("no address of a request comes into the log", async () => {
  const call = createApiCaller(edge.url, await madeUpKey());
  await call("GET", "/connections", from("198.51.100.99"));
  await adminBrowser(edge.url, "").call("GET", "/session", from("198.51.100.99"));
  const log = await edge.log();
  expect(log).toContain("request.handled");
  expect(log).not.toMatch(/198\.51\.100|203\.0\.113|2001:db8/);
});
