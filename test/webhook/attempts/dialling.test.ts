import { once } from "node:events";
import { createSecureContext, createServer as createTlsServer } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createEndpointClient,
  type EndpointClientSettings,
} from "../../../fleet/dialling/endpoint-client.ts";
import type { Resolve } from "../../../fleet/dialling/resolve.ts";
import { attempt } from "../../../fleet/webhook/attempt/attempt.ts";
import { systemClock } from "../../../shared/clock.ts";
import { type Endpoint, startEndpoint } from "../../harness/network/endpoint.ts";
import { eventually } from "../../harness/eventually.ts";
import { LOCAL_ENDPOINTS } from "../../harness/stacks/fleet-stack.ts";
import { type NameServer, startNameServer } from "../../harness/network/name-server.ts";
import { type RawServer, startRawServer } from "../../harness/network/raw-server.ts";
import { makeTestCertificate } from "../../imap-server/test-certificate.ts";

const OK = { kind: "response", status: 200 };
const NOT_PUBLIC = { kind: "unreachable", reason: "the host has no public address" };
const BAD_URL = { kind: "unreachable", reason: "the webhook's address must have a public host" };
/**
 * An address at which no server listens. It has the form of a public address (RFC 4291, section
 * 2.4), but its range was never assigned.
 */
const NOBODY = "3000::1";

const certificate = await makeTestCertificate();
const secureContext = createSecureContext({ ca: certificate.cert });

/** Servers on this machine. An address from a partner must not lead the fleet to them. */
let forbidden: RawServer[];
let port: number;
let names: NameServer;
const addresses: Record<string, readonly (readonly string[])[]> = {
  "private.example.com": [["127.0.0.1"]],
  "private6.example.com": [["::1"]],
  "mapped.example.com": [["::ffff:127.0.0.1"]],
  "metadata.example.com": [["169.254.169.254"]],
  "mixed.example.com": [[NOBODY, "127.0.0.1"]],
  "rebinding.example.com": [[NOBODY], ["127.0.0.1"]],
  "moving.example.com": [["127.0.0.1"], ["127.0.0.2"]],
  "example.com": [["127.0.0.1"]],
};

beforeAll(async () => {
  const answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
  const first = await startRawServer((socket) => socket.write(answer));
  ({ port } = first);
  const rest = ["127.0.0.2", "::1"].map((host) =>
    startRawServer((socket) => socket.write(answer), host, port),
  );
  forbidden = [first, ...(await Promise.all(rest))];
  names = await startNameServer((name, n) => addresses[name]?.[n - 1] ?? addresses[name]?.at(-1));
});
afterAll(async () => {
  for (const server of forbidden) await server[Symbol.asyncDispose]();
  await names[Symbol.asyncDispose]();
});

const accepted = () => forbidden.map((server) => server.accepted());

/** The settings of production, except that they allow plain HTTP and the port of the test. */
const strict = (): EndpointClientSettings => ({
  ports: [port],
  allowsHttp: true,
  allowsPrivateHosts: false,
  maxIdleSockets: 16,
});

async function postOnce(url: string, settings: EndpointClientSettings, resolve?: Resolve) {
  using client = createEndpointClient({ secureContext, ...(resolve && { resolve }) }, settings);
  return (await postWith(client, url)).result;
}

const postWith = ({ post }: ReturnType<typeof createEndpointClient>, url: string) =>
  attempt({ post, clock: systemClock }, url, { headers: { "webhook-id": "1" }, body: "{}" }, 1_000);

test.each([
  ...["127.0.0.1", "127.0.0.1.", "127.1", "0x7f000001", "0x7f.1", "0177.0.0.1", "2130706433", "0"],
  ...["[::1]", "[::]", "[::ffff:7f00:1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[fdaa::3]"],
  ...["169.254.169.254", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255"],
  ...[
    "172.16.0.1",
    "192.168.0.1",
    "[fe80::1]",
    "[2002:7f00:1::]",
    "%31%32%37.0.0.1",
    "１２７.0.0.1",
  ],
  ...["localhost", "LOCALHOST", "localhost.", "any.localhost", "db.internal", "app.flycast."],
  ...["me:secret@127.0.0.1", "example.com@127.0.0.1"],
])("no connection is made for http://%s", async (host) => {
  const before = accepted();
  expect(await postOnce(`http://${host}:${port}/`, strict())).toEqual(BAD_URL);
  expect(accepted()).toEqual(before);
});

test.each(["private", "private6", "mapped", "metadata", "mixed"])(
  "nobody is dialled for a name that is %s",
  async (name) => {
    const before = accepted();
    const url = `http://${name}.example.com:${port}/`;
    expect(await postOnce(url, strict(), names.resolve)).toEqual(NOT_PUBLIC);
    expect(await postOnce(url.replace(".com", ".com."), strict(), names.resolve)).toEqual(
      NOT_PUBLIC,
    );
    expect(accepted()).toEqual(before);
  },
);

test("a name that is public at first and private later is not dialled", async () => {
  const before = accepted();
  const url = `http://rebinding.example.com:${port}/`;
  using client = createEndpointClient({ resolve: names.resolve }, strict());
  // The request fails because no server listens at NOBODY. It must not reach 127.0.0.1, the second
  // answer for this name.
  expect((await postWith(client, url)).result).not.toEqual(OK);
  expect(names.asked("rebinding.example.com")).toBe(1);
  expect((await postWith(client, url)).result).toEqual(NOT_PUBLIC);
  expect(accepted()).toEqual(before);
});

test("the address that was looked up is dialled, and a kept connection looks up nothing", async () => {
  const answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
  const serve = (host: string, atPort?: number) =>
    startRawServer((socket) => socket.on("data", () => socket.write(answer)), host, atPort);
  await using first = await serve("127.0.0.1");
  await using second = await serve("127.0.0.2", first.port);
  const url = `http://moving.example.com:${first.port}/`;
  {
    using client = createEndpointClient({ resolve: names.resolve }, LOCAL_ENDPOINTS);
    expect((await postWith(client, url)).result).toEqual(OK);
    expect((await postWith(client, url)).result).toEqual(OK);
  }
  expect([first.accepted(), second.accepted()]).toEqual([1, 0]);
  expect(names.asked("moving.example.com")).toBe(1);
  expect(await postOnce(url, LOCAL_ENDPOINTS, names.resolve)).toEqual(OK);
  expect([first.accepted(), second.accepted()]).toEqual([1, 1]);
});

test("a working one of several addresses of a host is used", async () => {
  await using endpoint = await startEndpoint();
  const both: Resolve = async () => [
    { address: "127.0.0.2", family: 4 },
    { address: "127.0.0.1", family: 4 },
  ];
  const url = endpoint.url.replace("127.0.0.1", "two.example.com");
  expect(await postOnce(url, LOCAL_ENDPOINTS, both)).toEqual(OK);
});

test("a host without a working address is described as text", async () => {
  const closed = await startRawServer(() => {});
  await closed[Symbol.asyncDispose]();
  const both: Resolve = async () => [
    { address: "127.0.0.1", family: 4 },
    { address: "127.0.0.2", family: 4 },
  ];
  const result = await postOnce(`http://two.example.com:${closed.port}/`, LOCAL_ENDPOINTS, both);
  expect(result).toEqual({ kind: "unreachable", reason: "connection refused" });
});

test("a name that does not exist is described as text", async () => {
  const url = `http://nowhere.example.com:${port}/`;
  const result = await postOnce(url, strict(), names.resolve);
  expect(result).toEqual({ kind: "unreachable", reason: "name not found" });
});

test("a look-up without an answer is a timeout, and is made once for all waiting callers", async () => {
  let asked = 0;
  const silent: Resolve = () => {
    asked++;
    return new Promise(() => {});
  };
  using client = createEndpointClient({ resolve: silent }, strict());
  const url = `http://silent.example.com:${port}/`;
  const all = await Promise.all([1, 2, 3].map(() => postWith(client, url)));
  expect(all.map(({ result }) => result.kind)).toEqual(["timeout", "timeout", "timeout"]);
  expect(asked).toBe(1);
});

test.each(["http://example.com:1/", "http://example.com:25/"])(
  "a port outside the list is not dialled: %s",
  async (url) => {
    const result = await postOnce(url, strict(), names.resolve);
    const reason = `the webhook's address must have one of the ports ${port}`;
    expect(result).toEqual({ kind: "unreachable", reason });
  },
);

test("plain HTTP is not used if it is not allowed", async () => {
  const before = accepted();
  const settings = { ...strict(), allowsHttp: false };
  const result = await postOnce(`http://example.com:${port}/`, settings, names.resolve);
  expect(result).toMatchObject({ kind: "unreachable" });
  expect(accepted()).toEqual(before);
});

test("plain HTTP is used for a marked partner, with all other rules", async () => {
  using client = createEndpointClient(
    { resolve: names.resolve },
    { ...strict(), allowsHttp: false },
  );
  const request = { headers: {}, body: "{}", allowsHttp: true };
  const post = (url: string) =>
    attempt({ post: client.post, clock: systemClock }, url, request, 2_000);
  const { result } = await post(`http://private.example.com:${port}/`);
  expect(result).toEqual(NOT_PUBLIC);
});

const toTls = (endpoint: Endpoint, host: string) => endpoint.url.replace("127.0.0.1", host);

const thisMachine: Resolve = async () => [{ address: "127.0.0.1", family: 4 }];

test.each(["localhost", "localhost."])("%s over TLS is posted to under its name", async (host) => {
  await using endpoint = await startEndpoint(undefined, certificate);
  const url = toTls(endpoint, host);
  expect(await postOnce(url, LOCAL_ENDPOINTS, thisMachine)).toEqual(OK);
  expect(endpoint.posted[0]?.headers.host).toBe(new URL(url).host);
});

test("a server is asked over TLS for the name of the webhook", async () => {
  const server = createTlsServer(certificate);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const at = typeof address === "object" ? address?.port : undefined;
  const asked = once(server, "secureConnection");
  const posting = postOnce(`https://localhost.:${at}/`, LOCAL_ENDPOINTS, thisMachine);
  const [socket] = await asked;
  expect(socket.servername).toBe("localhost");
  socket.destroy();
  server.close();
  expect(await posting).toEqual({ kind: "unreachable", reason: "connection lost" });
});

test("a certificate of another name is refused, whatever the address", async () => {
  await using endpoint = await startEndpoint(undefined, certificate);
  const result = await postOnce(toTls(endpoint, "example.com"), LOCAL_ENDPOINTS, names.resolve);
  expect(result).toEqual({
    kind: "unreachable",
    reason: "the TLS certificate or handshake was refused",
  });
  expect(endpoint.posted).toEqual([]);
});

test("a certificate of an unknown authority is refused", async () => {
  await using endpoint = await startEndpoint(undefined, certificate);
  using client = createEndpointClient({}, LOCAL_ENDPOINTS);
  const { result } = await postWith(client, toTls(endpoint, "localhost"));
  expect(result).toEqual({
    kind: "unreachable",
    reason: "the TLS certificate or handshake was refused",
  });
});

test("at most the allowed number of idle connections is kept", async () => {
  const answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
  await using server = await startRawServer((socket) =>
    socket.on("data", () => socket.write(answer)),
  );
  using client = createEndpointClient({}, { ...LOCAL_ENDPOINTS, maxIdleSockets: 2 });
  await Promise.all(Array.from({ length: 6 }, () => postWith(client, server.url)));
  expect(server.accepted()).toBe(6);
  await eventually("the others to be closed", () => server.open() === 2 || undefined);
});

test("a kept connection that was closed in the meantime costs no attempt", async () => {
  const answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
  await using server = await startRawServer((socket) => {
    socket.once("data", () => {
      socket.write(answer);
      socket.once("data", () => socket.destroy());
    });
  });
  using client = createEndpointClient({}, LOCAL_ENDPOINTS);
  for (let i = 0; i < 3; i++) expect((await postWith(client, server.url)).result).toEqual(OK);
});
