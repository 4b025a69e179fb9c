import { expect, test } from "vitest";
import { defaultEdgePlatform } from "../../../dev/servers/edge.ts";
import { createApiCaller } from "../../harness/api-caller.ts";
import { startOwnDatabaseStack } from "../../harness/stacks/database-stack.ts";
import { startEdgeStack } from "../../harness/stacks/edge-stack.ts";
import { startMutingProxy, throughProxy } from "../../harness/network/muting-proxy.ts";
import { startDatabaseStack } from "../../harness/stacks/start-database-stack.ts";
import { useEdge, userPath, USERS } from "../use-edge.ts";

const edge = useEdge();

const fetchEdge = (path: string, init?: RequestInit) => fetch(edge.stack().url + path, init);

test("GET /healthz needs no key", async () => {
  const response = await fetchEdge("/healthz");
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: "ok" });
});

test("an unknown path is not found, by any method", async () => {
  const { call } = await edge.newPartner();
  for (const method of ["GET", "POST", "PUT", "DELETE", "PATCH"]) {
    for (const path of ["/nothing", "/connections/PLAIN/nothing", "/event"]) {
      expect(await call(method, path)).toMatchObject({ status: 404, body: { code: "not-found" } });
    }
    const outside = await fetchEdge("/nothing", { method });
    expect(outside.status).toBe(404);
    expect(outside.headers.get("content-type")).toBe("application/problem+json");
  }
});

test("a method that a path does not have is refused with those that it has", async () => {
  const { call } = await edge.newPartner();
  const refused = await call("PATCH", userPath("X"));
  expect(refused).toMatchObject({ status: 405, body: { code: "method-not-allowed" } });
  expect(refused.headers.get("allow")).toBe("GET, PUT, DELETE, HEAD, OPTIONS");
  expect((await call("GET", "/webhooks/test")).headers.get("allow")).toBe("POST, OPTIONS");
  expect((await fetchEdge("/healthz", { method: "POST" })).status).toBe(405);
});

test("OPTIONS returns the methods, and HEAD answers like GET without a body", async () => {
  const { call } = await edge.connectedPartner();
  const options = await fetchEdge(`/api/v1${USERS}`, { method: "OPTIONS" });
  expect(options.status).toBe(204);
  expect(options.headers.get("allow")).toBe("GET, POST, HEAD, OPTIONS");
  expect(await call("HEAD", USERS)).toMatchObject({ status: 200, text: "" });
  expect((await call("HEAD", userPath("nobody"))).status).toBe(404);
});

test("a slash at the end of a path is accepted", async () => {
  const { call } = await edge.connectedPartner();
  expect((await call("GET", `${USERS}/`)).body).toEqual([]);
});

test("every answer has the headers that keep it safe", async () => {
  const { call } = await edge.newPartner();
  for (const path of ["/connections", "/nothing"]) {
    const { headers } = await call("GET", path);
    expect(Object.fromEntries(headers)).toMatchObject({
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(headers.has("access-control-allow-origin")).toBe(false);
  }
});

test("a request keeps the caller's request id, in header, problem and log", async () => {
  const { call } = await edge.newPartner();
  const given = `caller-${crypto.randomUUID()}`;
  const named = await call("GET", "/nothing", { headers: { "x-request-id": given } });
  expect(named.headers.get("x-request-id")).toBe(given);
  expect(named.body).toMatchObject({ code: "not-found", request_id: given });
  expect(await edge.stack().log()).toContain(`"request_id":"${given}"`);

  for (const wrong of ["a b", 'a"b', "x".repeat(65), "caf\u00e9"]) {
    const { headers, body } = await call("GET", "/nothing", { headers: { "x-request-id": wrong } });
    const id = headers.get("x-request-id");
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(body).toMatchObject({ request_id: id });
  }
});

test("a request is logged in one line, with its route and without the sent data", async () => {
  const { call, id, apiKey } = await edge.connectedPartner();
  const { headers } = await call("PUT", `${userPath("secret-tag")}?api_key=${apiKey}`, {
    body: { email: "secret@x.test", login_password: "hunter2" },
  });
  const log = await edge.stack().log();
  // Ignores lines that are not JSON. On developer machines, wrangler prints some that have paths.
  const lines = log.split("\n").filter((line) => line.startsWith("{"));
  const own = lines.filter((line) => line.includes(headers.get("x-request-id") ?? "none"));
  expect(own.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      at: expect.any(String),
      level: "info",
      event: "request.handled",
      request_id: headers.get("x-request-id"),
      method: "PUT",
      route: "/api/v1/connections/:code/users/:tag",
      status: 404,
      duration_ms: expect.any(Number),
      partner_id: id,
    },
  ]);
  expect(lines.join("\n")).not.toMatch(/secret|hunter2|sk_/);
});

test("an unreachable database gives 503, and the next request is served", async () => {
  await using stack = await startEdgeStack(await startOwnDatabaseStack());
  const { apiKey } = await stack.newPartner();
  const call = createApiCaller(stack.url, apiKey);
  const { postgres, databaseProxy } = stack.programs;
  const used = defaultEdgePlatform() === "workerd" ? [databaseProxy, postgres] : [postgres];
  for (const program of used) {
    await program.stop();
    const away = await call("GET", "/connections");
    await program.start();
    expect(away).toMatchObject({ status: 503, body: { code: "unavailable" } });
    expect(away.headers.get("retry-after")).toBe("1");
    expect((await call("GET", "/connections")).status).toBe(200);
  }
});

// Takes 15 s, which is the Worker's time limit for a request.
test("a database that accepts connections but does not answer gives 503, too", async () => {
  const database = await startDatabaseStack();
  const { address } = database;
  const isWorker = defaultEdgePlatform() === "workerd";
  await using proxy = await startMutingProxy(isWorker ? address.proxy : new URL(address.url).host);
  await using stack = await startEdgeStack(database, {
    settings: isWorker
      ? { DATABASE_PROXY: proxy.address }
      : { DATABASE_URL: throughProxy(address.url, proxy) },
  });
  const { apiKey } = await stack.newPartner();
  const call = createApiCaller(stack.url, apiKey);
  proxy.become("mute");
  const away = await call("GET", "/connections");
  expect(away).toMatchObject({ status: 503, body: { code: "unavailable" } });
  proxy.become("pass");
  expect((await call("GET", "/connections")).status).toBe(200);
});
