import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  bodySignature,
  newWebhookSecret,
  webhookSignature,
} from "../../shared/secrets/signatures.ts";
import { type Sink, startSink } from "./sink.ts";

const keys = { api_key: "sk_test", webhook_secret: newWebhookSecret() };

let sink: Sink;
beforeEach(async () => {
  sink = await startSink(0);
  sink.trust(keys);
});
afterEach(() => sink[Symbol.asyncDispose]());

interface Forgery {
  apiKey?: string;
  secret?: string;
  changeBody?: (body: string) => string;
}

/** Posts a webhook that is signed as the fleet signs it, except for what `forgery` replaces. */
async function post(path: string, forgery: Forgery = {}) {
  const { apiKey = keys.api_key, secret = keys.webhook_secret, changeBody } = forgery;
  const timestamp = Math.floor(Date.now() / 1_000);
  const sha1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
  const signature = await bodySignature(apiKey, timestamp, sha1);
  const body = JSON.stringify({ timestamp, sha1, signature, user_tag: "zoë" });
  const id = `evt_${randomUUID()}`;
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": await webhookSignature({ id, timestampS: timestamp, body }, [secret]),
  };
  const sent = changeBody?.(body) ?? body;
  return {
    body: sent,
    response: await fetch(sink.url + path, { method: "POST", headers, body: sent }),
  };
}

const behave = (wish: unknown) =>
  fetch(`${sink.url}/behave`, { method: "POST", body: JSON.stringify(wish) });

const received = async (after: number | string) =>
  (await fetch(`${sink.url}/received?after=${after}`)).json();

test("a webhook is kept with its exact text, and verified by both signatures", async () => {
  const { body, response } = await post("/any/path");
  expect(response.status).toBe(200);
  expect(await received(0)).toEqual([
    {
      n: 1,
      received_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      path: "/any/path",
      headers: expect.objectContaining({ "webhook-id": expect.stringMatching(/^evt_/) }),
      body,
      verified: true,
    },
  ]);
});

test.each<[string, Forgery]>([
  ["the body is signed with another API key", { apiKey: "sk_other" }],
  ["the headers are signed with another secret", { secret: newWebhookSecret() }],
  ["the body was changed", { changeBody: (body) => body.replace("zoë", "eve") }],
  ["the body is no JSON", { changeBody: () => "hello" }],
])("a webhook is not verified when %s", async (_name, forgery) => {
  await post("/", forgery);
  expect(sink.received(0)).toMatchObject([{ verified: false }]);
});

test("GET /received?after=N lists only later webhooks, and refuses a value that is not a number", async () => {
  for (const path of ["/a", "/b", "/c"]) await post(path);
  expect(await received(1)).toMatchObject([
    { n: 2, path: "/b" },
    { n: 3, path: "/c" },
  ]);
  expect(await received(3)).toEqual([]);
  expect((await fetch(`${sink.url}/received?after=x`)).status).toBe(422);
});

test("POST /behave makes the sink fail a number of times while it still records webhooks", async () => {
  expect((await behave({ status: 500, times: 2 })).status).toBe(200);
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await post("/")).response.status);
  expect(statuses).toEqual([500, 500, 200]);
  expect(sink.received(0)).toHaveLength(3);
});

test("POST /behave can apply to one path only, and be undone", async () => {
  await behave({ status: 503, times: 10, path: "/one" });
  expect((await post("/one/new_mail")).response.status).toBe(503);
  expect((await post("/two/new_mail")).response.status).toBe(200);
  await behave({ path: "/one", times: 0 });
  expect((await post("/one/new_mail")).response.status).toBe(200);
});

test("POST /behave {} ends all misbehaviour", async () => {
  await behave({ status: 503, times: 10, path: "/one" });
  await behave({ status: 500, times: 10 });
  await behave({});
  expect((await post("/one")).response.status).toBe(200);
  expect((await post("/two")).response.status).toBe(200);
});

test("POST /behave can make it slow", async () => {
  await behave({ delay_ms: 80, times: 1 });
  const start = performance.now();
  await post("/");
  expect(performance.now() - start).toBeGreaterThan(70);
});

test.each([
  ["status", { status: 99, times: 1 }],
  ["status", { status: "500", times: 1 }],
  ["times", { status: 500, times: -1 }],
  ["times", { status: 500 }],
  ["delay_ms", { delay_ms: 1.5, times: 1 }],
  ["colour", { colour: "red" }],
  ["body", []],
])("POST /behave refuses a wrong %s and changes nothing", async (name, wish) => {
  const response = await behave(wish);
  expect(response.status).toBe(422);
  expect(await response.text()).toContain(name);
  expect((await post("/")).response.status).toBe(200);
});

test("waitFor() finds a webhook that is there and one that comes", async () => {
  await post("/first");
  const signal = AbortSignal.timeout(60_000);
  const second = sink.waitFor(({ path }) => path === "/second", signal);
  await post("/second");
  expect((await sink.waitFor(({ path }) => path === "/first", signal)).n).toBe(1);
  expect((await second).n).toBe(2);
});

test("the page runs only its own script, and contains no received data", async () => {
  await post("/", { changeBody: () => "<script>alert(1)</script>" });
  const response = await fetch(sink.url);
  expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'none'/);
  expect(await response.text()).not.toContain("alert(1)");
});
