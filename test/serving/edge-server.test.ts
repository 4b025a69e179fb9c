import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inCheckout } from "../../dev/checkout.ts";
import { claimPort } from "../../dev/processes/free-port.ts";
import { temporaryFolder } from "../../dev/processes/temporary-folder.ts";
import { startEdge } from "../../dev/servers/edge.ts";
import { keepCertificates } from "../../dev/stack/certificates.ts";
import { prepareStateFolder, stateFolder, type StateFolder } from "../../dev/stack/state-folder.ts";
import { newApiKey } from "../../shared/secrets/api-key.ts";
import { startOwnDatabaseStack } from "../harness/stacks/database-stack.ts";
import { type EdgeStack, startEdgeStack } from "../harness/stacks/edge-stack.ts";
import { eventually } from "../harness/eventually.ts";
import { freeze } from "../harness/freeze.ts";
import { runToEnd } from "../deploy/run-to-end.ts";
import { ask, type SentRequest } from "./ask.ts";

/** These tests run the edge off Workers, under Bun. With EDGE=node they run it under Node. */
const platform = process.env["EDGE"] === "node" ? "node" : "bun";

const PUBLIC_URL = "https://mail.example.com";
const PROXY = "127.0.0.2";
const LIMIT = 5;

type Edge = EdgeStack & Awaited<ReturnType<typeof startOwnDatabaseStack>>;

let edge: Edge;
let apiKey: string;
beforeAll(async () => {
  edge = await startEdgeStack(await startOwnDatabaseStack(), {
    platform,
    settings: {
      PUBLIC_URL,
      ALLOW_PRIVATE_HOSTS: "false",
      TRUSTED_PROXIES: `10.0.0.0/8,${PROXY}`,
      RATE_LIMIT: String(LIMIT),
    },
  });
  apiKey = (await edge.newPartner()).apiKey;
});
afterAll(() => edge?.[Symbol.asyncDispose]());

/** Asks as a reverse proxy that speaks TLS to this caller. */
const viaProxy = (path: string, caller: string, { headers, ...asked }: SentRequest = {}) =>
  ask(edge.url + path, {
    from: PROXY,
    ...asked,
    headers: { "x-forwarded-for": caller, "x-forwarded-proto": "https", ...headers },
  });

const readLog = (folder: StateFolder) => readFile(join(folder.logs, "edge.log"), "utf8");
const findOperations = async (folder: StateFolder) =>
  /"event":"operations.served","url":"([^"]+)"/.exec(await readLog(folder))?.[1] ?? "";

test("a request of the API behind a trusted proxy has the headers of production", async () => {
  const { status, headers, text } = await viaProxy("/api/v1/connections", "203.0.113.1", {
    headers: { "x-api-key": apiKey },
  });
  expect({ status, text }).toEqual({ status: 200, text: "[]" });
  expect(headers).toMatchObject({
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(headers["set-cookie"]).toBeUndefined();
});

test("pages are served, and their files compressed and kept for a year", async () => {
  const page = await viaProxy("/admin/", "203.0.113.1");
  expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
  expect(page.headers["cache-control"]).toBe("no-store");
  const path = /src="(\/admin\/assets\/[^"]+\.js)"/.exec(page.text)?.[1] ?? "";
  const plain = await viaProxy(path, "203.0.113.1");
  expect(plain.headers).toMatchObject({
    "content-type": "text/javascript; charset=utf-8",
    "cache-control": "public, max-age=31536000, immutable",
    "cross-origin-resource-policy": "same-origin",
    vary: "accept-encoding",
  });
  expect(plain.bytes).toEqual(await readFile(inCheckout("dist", path)));
  const headers = { "accept-encoding": "gzip, br" };
  const small = await viaProxy(path, "203.0.113.1", { headers });
  expect(small.headers["content-encoding"]).toBe("br");
  expect(brotliDecompressSync(small.bytes)).toEqual(plain.bytes);
  const head = await viaProxy(path, "203.0.113.1", { method: "HEAD" });
  expect([head.status, head.text]).toEqual([200, ""]);
  expect((await viaProxy("/admin/assets/../../package.json", "203.0.113.1")).status).toBe(404);
  expect((await viaProxy("/docs", "203.0.113.1")).headers["content-security-policy"]).toContain(
    `connect-src ${PUBLIC_URL}/api/v1/`,
  );
});

test("who is no trusted proxy cannot pretend to use TLS, or choose where the redirect leads", async () => {
  const headers = { "x-forwarded-proto": "https", host: "evil.test", "x-api-key": apiKey };
  const answer = await ask(`${edge.url}/api/v1/connections?limit=1`, { headers });
  expect(answer.status).toBe(308);
  expect(answer.headers.location).toBe(`${PUBLIC_URL}/api/v1/connections?limit=1`);
  expect(await edge.log()).toContain('"event":"proxy.ignored"');
});

test("the limit of anonymous requests counts the caller that the trusted proxy names", async () => {
  const guess = async (caller: string, forged: string) =>
    viaProxy("/api/v1/connections", caller, {
      headers: { "x-api-key": (await newApiKey()).key, "cf-connecting-ip": forged },
    });
  const statuses: number[] = [];
  for (let n = 0; n < 31; n++) {
    statuses.push((await guess(`198.51.100.${n}, 203.0.113.2`, `192.0.2.${n}`)).status);
  }
  expect(statuses).toEqual([...Array<number>(30).fill(401), 429]);
  expect((await guess("203.0.113.3", "203.0.113.2")).status).toBe(401);
});

test("a partner with too many requests gets a 429", async () => {
  const own = await edge.newPartner();
  const answers = [];
  for (let n = 0; n < 2 * LIMIT + 1; n++) {
    const headers = { "x-api-key": own.apiKey };
    answers.push(await viaProxy("/api/v1/connections", "203.0.113.4", { headers }));
  }
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]?.headers["retry-after"]).toBe("10");
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(LIMIT);
});

test("/readyz says when Postgres does not answer, and none of its paths is at the public address", async () => {
  const operations = await findOperations(edge.context.folder);
  const ready = () => ask(`${operations}/readyz`);
  expect(await ready()).toMatchObject({ status: 200, text: "ready\n" });
  const { postgres } = edge.programs;
  {
    await using _frozen = await freeze(postgres.pid);
    const startMs = performance.now();
    expect(await ready()).toMatchObject({ status: 503, text: "not ready: postgres\n" });
    expect(performance.now() - startMs).toBeLessThan(5_000);
    expect((await ask(`${operations}/livez`)).status).toBe(200);
  }
  await eventually("readiness", async () => (await ready()).status === 200 || undefined);
  await postgres.stop();
  expect((await ready()).status).toBe(503);
  const headers = { "x-api-key": apiKey };
  const away = await viaProxy("/api/v1/connections", "203.0.113.5", { headers });
  expect(away.status).toBe(503);
  await postgres.start();
  await eventually("readiness", async () => (await ready()).status === 200 || undefined);
  expect((await viaProxy("/api/v1/connections", "203.0.113.5", { headers })).status).toBe(200);
  const metrics = (await ask(`${operations}/metrics`)).text;
  expect(metrics).toMatch(/^superimap_edge_requests_total\{status="5xx"\} [1-9]/m);
  for (const path of ["/metrics", "/livez", "/readyz"]) {
    expect((await viaProxy(path, "203.0.113.5")).status).toBe(404);
  }
});

test("an edge with TLS uses renewed files after SIGHUP, and at SIGTERM finishes the request that runs and accepts no other", async () => {
  await using resources = new AsyncDisposableStack();
  const folder = stateFolder(resources.use(await temporaryFolder()).path);
  await prepareStateFolder(folder);
  const { ports } = edge.context;
  const certificates = await keepCertificates(join(folder.root, "first"));
  const context = { ...edge.context, folder, ports: { ...ports, edge: await claimPort() } };
  const url = `https://localhost:${context.ports.edge}`;
  const settings = {
    PUBLIC_URL: url,
    TLS_CERTIFICATE_FILE: certificates.certificateFile,
    TLS_KEY_FILE: certificates.keyFile,
  };
  const program = resources.use(await startEdge(context, { platform, settings }));
  const operations = await findOperations(folder);
  let ca = await readFile(certificates.caFile, "utf8");
  const asked = () => ask(`${url}/api/v1/connections`, { headers: { "x-api-key": apiKey }, ca });
  expect((await asked()).status).toBe(200);
  const logged = (event: string) =>
    eventually(event, async () => (await readLog(folder)).includes(event) || undefined);
  await writeFile(certificates.certificateFile, "no certificate");
  process.kill(program.pid, "SIGHUP");
  await logged('"event":"tls.refused"');
  expect((await asked()).status).toBe(200);
  const renewed = await keepCertificates(join(folder.root, "renewed"));
  await copyFile(renewed.certificateFile, certificates.certificateFile);
  await copyFile(renewed.keyFile, certificates.keyFile);
  process.kill(program.pid, "SIGHUP");
  await logged('"event":"tls.reloaded"');
  await expect(asked()).rejects.toThrow(/certificate/);
  ca = await readFile(renewed.caFile, "utf8");
  expect((await asked()).status).toBe(200);
  const holder = new pg.Client({ connectionString: edge.address.url });
  await holder.connect();
  resources.defer(() => holder.end());
  await holder.query("begin; lock table partner_connections");
  const running = asked();
  await eventually("the waiting request", async () => {
    const waiting = "select 1 from pg_stat_activity where wait_event_type = 'Lock'";
    return (await edge.query(waiting))[0];
  });
  const stopping = program.stop();
  await eventually("the stop", async () => {
    const { text } = await ask(`${operations}/readyz`);
    return text.includes("stopping") || undefined;
  });
  await expect(asked()).rejects.toThrow("ECONNREFUSED");
  await holder.query("commit");
  expect((await running).status).toBe(200);
  await stopping;
  expect(await readLog(folder)).toContain('"event":"edge.stopped"');
});

test("an edge whose database does not exist says so and what to do, and not that it is ready", async () => {
  const { mailbox_public_keys: MAILBOX_PUBLIC_KEYS, partner_keys: PARTNER_KEYS } =
    edge.context.keys;
  const missing = new URL(edge.address.url);
  missing.pathname = "/nowhere";
  const { output } = await runToEnd(
    inCheckout("node_modules", "bun", "bin", "bun.exe"),
    ["run", "--no-install", inCheckout("edge", "server.ts")],
    {
      env: {
        DATABASE_URL: missing.href,
        PUBLIC_URL: "http://127.0.0.1:1",
        MAILBOX_PUBLIC_KEYS,
        PARTNER_KEYS,
        EDGE_PORT: "0",
        EDGE_METRICS_PORT: "0",
      },
      stopsAt: '"event":"edge.not_ready"',
    },
  );
  expect(output).toContain('database \\"nowhere\\" does not exist');
  expect(output).toContain("correct the name of the database in DATABASE_URL");
  expect(output).not.toContain('"event":"edge.ready"');
});

test("an edge with wrong settings names all of them, and no value", async () => {
  const { code, output } = await runToEnd(
    inCheckout("node_modules", "bun", "bin", "bun.exe"),
    ["run", "--no-install", inCheckout("edge", "server.ts")],
    {
      env: {
        DATABASE_URL: "postgres://u:hunter2@db.example.com/x?sslmode=disable",
        PUBLIC_URL,
        TRUSTED_PROXIES: "hunter2",
        TLS_CERTIFICATE_FILE: "hunter2",
        EDGE_PORT: "hunter2",
      },
      stopsAt: "never",
    },
  );
  expect(code).toBe(1);
  for (const name of ["PARTNER_KEYS", "MAILBOX_PUBLIC_KEYS", "TRUSTED_PROXIES", "EDGE_PORT"]) {
    expect(output).toContain(`  ${name} `);
  }
  expect(output).not.toContain("hunter2");
});
