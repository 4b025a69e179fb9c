import { afterAll, expect, test } from "vitest";
import { createEndpointClient } from "../../../fleet/dialling/endpoint-client.ts";
import { attempt } from "../../../fleet/webhook/attempt/attempt.ts";
import type { AttemptResult } from "../../../fleet/webhook/attempt/outcome.ts";
import { systemClock } from "../../../shared/clock.ts";
import { startDeafServer } from "../../harness/network/deaf-server.ts";
import { startEndpoint } from "../../harness/network/endpoint.ts";
import { eventually } from "../../harness/eventually.ts";
import { LOCAL_ENDPOINTS } from "../../harness/stacks/fleet-stack.ts";
import { MISBEHAVIOURS } from "../../harness/network/misbehaviour.ts";
import { startRawServer } from "../../harness/network/raw-server.ts";

const client = createEndpointClient({}, LOCAL_ENDPOINTS);
afterAll(() => client[Symbol.dispose]());

const request = { headers: { "content-type": "application/json" }, body: "{}" };
const post = (url: string, timeoutMs = 5_000) =>
  attempt({ post: client.post, clock: systemClock }, url, request, timeoutMs);

const TIMEOUT: AttemptResult = { kind: "timeout" };
const OK: AttemptResult = { kind: "response", status: 200 };
const unreachable = (reason: string): AttemptResult => ({ kind: "unreachable", reason });
const TOO_LONG = unreachable("the headers of the answer are too long");
const NO_HTTP = unreachable("the answer is not HTTP");
const LOST = unreachable("connection lost");
const INTERIM = unreachable("the endpoint sent interim answers without end");

test("a redirect is an answer and is not followed", async () => {
  await using target = await startRawServer(MISBEHAVIOURS.closesAtOnce);
  await using endpoint = await startEndpoint(() => ({
    status: 302,
    headers: { location: target.url },
  }));
  const { result } = await post(endpoint.url);
  expect(result).toEqual({ kind: "response", status: 302 });
  expect(endpoint.posted).toHaveLength(1);
  expect(target.accepted()).toBe(0);
});

test("credentials of the address travel as a header", async () => {
  await using endpoint = await startEndpoint();
  await post(endpoint.url.replace("//", "//me:p%40ss@"));
  expect(endpoint.posted[0]?.headers["authorization"]).toBe(`Basic ${btoa("me:p@ss")}`);
});

test("the endpoint's Retry-After is returned", async () => {
  await using endpoint = await startEndpoint(() => ({
    status: 503,
    headers: { "retry-after": "7" },
    body: "down\0stairs",
  }));
  const { result, answer } = await post(endpoint.url);
  expect(result).toEqual({ kind: "response", status: 503, retryAfterMs: 7_000 });
  expect(answer).toBe("downstairs");
});

test("an answer may be late, and come after interim ones", async () => {
  await using server = await startRawServer((socket) => {
    socket.write("HTTP/1.1 102 Processing\r\n\r\n");
    setTimeout(() => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"), 100);
  });
  expect((await post(server.url)).result).toEqual(OK);
});

test("an answer that comes before the whole request is taken, and the rest not sent", async () => {
  await using server = await startRawServer((socket) => {
    socket.pause();
    socket.write("HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\n\r\n");
  });
  const deps = { post: client.post, clock: systemClock };
  const large = { headers: {}, body: "x".repeat(16_000_000) };
  const { result } = await attempt(deps, server.url, large, 10_000);
  expect(result).toEqual({ kind: "response", status: 413 });
});

test.each<[name: keyof typeof MISBEHAVIOURS, ...expected: AttemptResult[]]>([
  ["neverAnswers", TIMEOUT],
  ["closesAtOnce", LOST],
  ["resets", LOST],
  ["dripsItsHeaders", TIMEOUT],
  ["dripsItsBody", TIMEOUT],
  ["dripsItsChunks", TIMEOUT],
  ["dripsInterimAnswers", INTERIM],
  ["neverEndsItsBody", TIMEOUT],
  ["sendsAGigabyte", OK],
  ["sendsABodyWithoutEnd", OK],
  ["sendsAGzipBomb", OK],
  ["sendsHeadersWithoutEnd", TOO_LONG],
  ["sends100000Headers", TOO_LONG],
  ["sendsALineWithoutEnd", TOO_LONG],
  ["floodsInterimAnswers", INTERIM],
  // The result depends on the runtime. Some runtimes report a fault in the answer, and others close
  // the connection. Deno reads until the time limit.
  ["floodsChunkExtensions", NO_HTTP, LOST, TIMEOUT],
  ["floodsTrailers", TOO_LONG, LOST],
  ["changesTheProtocol", unreachable("the endpoint closed the connection")],
  ["saysTooLittle", LOST],
  ["hasTwoLengths", NO_HTTP],
  ["speaksHttp09", NO_HTTP],
  ["speaksSmtp", NO_HTTP],
])("the connection to an endpoint that %s is closed", async (name, ...expected) => {
  await using server = await startRawServer(MISBEHAVIOURS[name]);
  const timeoutMs = expected.includes(TIMEOUT) ? 1_000 : 10_000;
  const { result, durationMs, answer } = await post(server.url, timeoutMs);
  expect(expected).toContainEqual(result);
  expect(durationMs).toBeLessThan(timeoutMs + 5_000);
  expect(answer?.length ?? 0).toBeLessThanOrEqual(1_024);
  await eventually("the connection to be closed", () => server.open() === 0 || undefined);
});

test.each<[name: keyof typeof MISBEHAVIOURS, expected: AttemptResult]>([
  ["neverAnswers", TIMEOUT],
  ["closesAtOnce", LOST],
  ["speaksSmtp", unreachable("the TLS certificate or handshake was refused")],
])("the connection to an endpoint that %s instead of TLS is closed", async (name, expected) => {
  await using server = await startRawServer(MISBEHAVIOURS[name]);
  const { result } = await post(server.url.replace("http:", "https:"), 500);
  expect(result).toEqual(expected);
  await eventually("the connection to be closed", () => server.open() === 0 || undefined);
});

test("an endpoint that never accepts a connection is a timeout", async () => {
  await using server = await startDeafServer();
  expect((await post(server.url, 500)).result).toEqual(TIMEOUT);
});

test("an unreachable endpoint is described as text", async () => {
  const server = await startRawServer(MISBEHAVIOURS.neverAnswers);
  await server[Symbol.asyncDispose]();
  expect((await post(server.url)).result).toEqual(unreachable("connection refused"));
});

test("an invalid address is described as text, without repeating it", async () => {
  const { result } = await post("https://me:hunter2@");
  expect(result).toEqual(
    unreachable("the webhook's address must be an address that begins with https:// or http://"),
  );
});

test("a header that would smuggle another is not sent", async () => {
  await using endpoint = await startEndpoint();
  const headers = { "webhook-id": "evt_1\r\nx-injected: 1" };
  const deps = { post: client.post, clock: systemClock };
  const { result } = await attempt(deps, endpoint.url, { headers, body: "{}" }, 1_000);
  expect(result.kind).toBe("unreachable");
  expect(endpoint.posted).toEqual([]);
});

test("endpoints that send endless data use no memory", { timeout: 60_000 }, async () => {
  const floods = [
    ...(["sendsAGigabyte", "sendsAGzipBomb", "sendsHeadersWithoutEnd"] as const),
    ...(["sends100000Headers", "floodsInterimAnswers"] as const),
    // This case does not run under Deno: Deno's parser copies all received data for each chunk, so
    // it needs more memory.
    ...(process.versions["deno"] ? [] : (["sendsABodyWithoutEnd"] as const)),
  ];
  const flood = async () => {
    let most = 0;
    for (const name of floods) {
      await using server = await startRawServer(MISBEHAVIOURS[name]);
      await Promise.all(Array.from({ length: 8 }, () => post(server.url, 30_000)));
      most = Math.max(most, process.memoryUsage.rss());
    }
    return most;
  };
  // The first run gives only the value to compare with, because the runtime itself allocates memory
  // in this run.
  const first = await flood();
  expect((await flood()) - first).toBeLessThan(50_000_000);
});
