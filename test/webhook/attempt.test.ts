import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { expect, test } from "vitest";
import { attempt } from "../../fleet/webhook/attempt.ts";
import { systemClock } from "../../shared/clock.ts";
import { startEndpoint } from "../harness/endpoint.ts";

const request = { headers: { "content-type": "application/json" }, body: "{}" };
const post = (url: string, timeoutMs = 2_000) =>
  attempt({ fetch, clock: systemClock }, url, request, timeoutMs);

/** A server that writes this to whoever connects, and nothing else. */
async function startRawServer(bytes: string): Promise<AsyncDisposable & { url: string }> {
  const server: Server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.write(bytes);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}

test("a redirect is an answer and is not followed", async () => {
  await using endpoint = await startEndpoint(({ path }) =>
    path === "/" ? { status: 302, headers: { location: "/elsewhere" } } : { status: 200 },
  );
  const { result } = await post(endpoint.url);
  expect(result).toEqual({ kind: "response", status: 302 });
  expect(endpoint.posted).toHaveLength(1);
});

test("credentials of the address travel as a header", async () => {
  await using endpoint = await startEndpoint();
  await post(endpoint.url.replace("//", "//me:p%40ss@"));
  expect(endpoint.posted[0]?.headers["authorization"]).toBe(`Basic ${btoa("me:p@ss")}`);
});

test("of a huge answer only the beginning is read", async () => {
  await using endpoint = await startEndpoint(() => ({ status: 200, body: "x".repeat(50_000_000) }));
  const { result, answer } = await post(endpoint.url);
  expect(result).toEqual({ kind: "response", status: 200 });
  expect(answer).toHaveLength(1_024);
});

test("an endpoint that does not answer in time is a timeout", async () => {
  await using endpoint = await startEndpoint(() => ({ status: 200, delayMs: 5_000 }));
  const { result, durationMs } = await post(endpoint.url, 200);
  expect(result).toEqual({ kind: "timeout" });
  expect(durationMs).toBeLessThan(1_000);
});

test("an answer whose body never ends is a timeout", async () => {
  await using server = await startRawServer("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nOK");
  expect((await post(server.url, 300)).result).toEqual({ kind: "timeout" });
});

test("what is no address is told in words", async () => {
  const { result } = await post("not an address");
  expect(result).toEqual({ kind: "unreachable", reason: "the address is not valid" });
});
