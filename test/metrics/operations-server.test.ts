import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { serveOperations } from "../../fleet/metrics/operations-server.ts";
import { STARTING, type Vitals } from "../../fleet/metrics/vitals.ts";

const ANYWHERE = { host: "127.0.0.1", port: 0 };

const serve = (vitals: Vitals = STARTING) =>
  serveOperations({ registry: new Registry(), vitals: () => vitals }, ANYWHERE);

test.each([
  ["GET", "/livez", 200, "alive\n"],
  ["GET", "/livez?from=prober", 200, "alive\n"],
  ["HEAD", "/livez", 200, ""],
  ["GET", "/readyz", 503, "not ready: start\n"],
  ["GET", "/", 404, "not found\n"],
  ["GET", "/metrics/", 404, "not found\n"],
  ["GET", "/constructor", 404, "not found\n"],
  ["POST", "/metrics", 405, "method not allowed\n"],
])("%s %s answers %i", async (method, path, status, body) => {
  await using server = await serve();
  const response = await fetch(`${server.url}${path}`, { method });
  expect([response.status, await response.text()]).toEqual([status, body]);
});

test("the metrics are brought up to date before they are shown, as Prometheus wants them", async () => {
  let refreshed = 0;
  await using server = await serve({ ...STARTING, refresh: () => void refreshed++ });
  const response = await fetch(`${server.url}/metrics`);
  expect(response.headers.get("content-type")).toContain("text/plain; version=0.0.4");
  expect(refreshed).toBe(1);
});

test("unavailable metrics give a 500 without internals", async () => {
  const refresh = () => {
    throw new Error("postgres://secret");
  };
  await using server = await serve({ ...STARTING, refresh });
  const response = await fetch(`${server.url}/metrics`);
  expect([response.status, await response.text()]).toEqual([500, "not available\n"]);
});

test("a port in use is reported clearly", async () => {
  await using server = await serve();
  const port = Number(new URL(server.url).port);
  const again = serveOperations(
    { registry: new Registry(), vitals: () => STARTING },
    { host: "127.0.0.1", port },
  );
  await expect(again).rejects.toThrow(`Cannot serve metrics: cannot listen on 127.0.0.1:${port}`);
});

test("it closes while a connection is kept alive", async () => {
  const server = await serve();
  await fetch(`${server.url}/livez`);
  await server[Symbol.asyncDispose]();
  await expect(fetch(`${server.url}/livez`)).rejects.toBeInstanceOf(Error);
});
