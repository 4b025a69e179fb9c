import { afterAll, beforeAll, expect, test } from "vitest";
import { findDialAddress } from "../../../fleet/dialling/dial-address.ts";
import { createEndpointClient } from "../../../fleet/dialling/endpoint-client.ts";
import { createResolve, type Resolve } from "../../../fleet/dialling/resolve.ts";
import { attempt } from "../../../fleet/webhook/attempt/attempt.ts";
import { systemClock } from "../../../shared/clock.ts";
import { startEndpoint } from "../../harness/network/endpoint.ts";
import { type NameServer, startNameServer } from "../../harness/network/name-server.ts";

let names: NameServer;
let resolve: Resolve;
const KNOWN: Record<string, readonly string[]> = {
  "both.example.com": ["2606:4700:4700::1111", "1.1.1.1"],
  "six.example.com": ["2606:4700:4700::1111"],
  "private.example.com": ["10.0.0.1"],
  "quick.example.com": ["127.0.0.1"],
};

beforeAll(async () => {
  names = await startNameServer((name) =>
    name.endsWith("silent.example.com") ? "silence" : KNOWN[name],
  );
  resolve = createResolve({ servers: [names.address] });
});
afterAll(() => names?.[Symbol.asyncDispose]());

test("addresses of both kinds are found, and names that are not there are known", async () => {
  const both = await resolve("Both.Example.com.");
  expect(both.map(({ address }) => address).toSorted()).toEqual(
    KNOWN["both.example.com"]?.toSorted(),
  );
  expect(await resolve("six.example.com")).toEqual([
    { address: "2606:4700:4700::1111", family: 6 },
  ]);
  await expect(resolve("nobody.example.com")).rejects.toMatchObject({ code: "ENOTFOUND" });
  expect(await findDialAddress("private.example.com", resolve)).toBeNull();
});

test.each(["127.1", "0x7f000001", "2130706433", "::1"])(
  "%s is an address, and nobody is asked for it",
  async (host) => {
    const [found] = await resolve(host);
    expect(["127.0.0.1", "::1"]).toContain(found?.address);
    expect(names.asked(host)).toBe(0);
  },
);

test("names of this machine are found without a name server", async () => {
  const found = await resolve("localhost");
  expect(found.map(({ address }) => address)).toContain("127.0.0.1");
  expect(names.asked("localhost")).toBe(0);
});

test("a hundred look-ups with a silent name server end, and delay no other look-up", async () => {
  let ended = 0;
  const silent = Array.from({ length: 100 }, async (_, i) => {
    const error: unknown = await resolve(`h${i}.silent.example.com`).catch(
      (cause: unknown) => cause,
    );
    ended++;
    return error;
  });
  for (let i = 0; i < 20; i++) await resolve("both.example.com");
  expect(ended).toBe(0);
  for (const error of await Promise.all(silent)) expect(error).toMatchObject({ code: "EAI_AGAIN" });
});

test("a webhook is delivered while look-ups for others fail", async () => {
  await using endpoint = await startEndpoint();
  using client = createEndpointClient(
    { resolve },
    {
      ports: [Number(new URL(endpoint.url).port)],
      allowsHttp: true,
      allowsPrivateHosts: true,
      maxIdleSockets: 16,
    },
  );
  const post = (url: string, timeoutMs: number) =>
    attempt(
      { post: client.post, clock: systemClock },
      url,
      { headers: { "webhook-id": "1" }, body: "{}" },
      timeoutMs,
    );
  let ended = 0;
  const others = Array.from({ length: 50 }, async (_, i) => {
    const { result } = await post(`http://w${i}.silent.example.com/`, 10_000);
    ended++;
    return result;
  });
  const url = endpoint.url.replace("127.0.0.1", "quick.example.com");
  expect((await post(url, 10_000)).result).toEqual({ kind: "response", status: 200 });
  expect(ended).toBe(0);
  const results = await Promise.all(others);
  for (const result of results) expect(result).toMatchObject({ reason: "name not found" });
});
