import { neon, neonConfig, Pool } from "@neondatabase/serverless";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keepCertificates } from "../../stack/certificates.ts";
import { keepKeys } from "../../stack/keys.ts";
import { choosePorts, FREE_PORTS, HOST } from "../../stack/ports.ts";
import { postgresUrl, startPostgres } from "../postgres.ts";
import { prepareStateFolder, stateFolder } from "../../stack/state-folder.ts";
import { temporaryFolder } from "../../processes/temporary-folder.ts";
import { serveDatabaseProxy } from "./serve.ts";

const opened = new AsyncDisposableStack();
let url: string;
let proxy: string;

beforeAll(async () => {
  const folder = stateFolder(opened.use(await temporaryFolder()).path);
  await prepareStateFolder(folder);
  const context = {
    folder,
    ports: (await choosePorts(FREE_PORTS)).ports,
    database: "postgres",
    keys: await keepKeys(folder.keysFile),
    certificates: await keepCertificates(folder.certificates),
    durable: false,
    signal: AbortSignal.timeout(60_000),
  };
  opened.use(await startPostgres(context));
  url = postgresUrl(context);
  const postgres = { host: HOST, port: context.ports.postgres };
  const served = opened.use(await serveDatabaseProxy({ port: 0, postgres }));
  proxy = `${HOST}:${served.port}`;
  neonConfig.fetchEndpoint = () => `http://${proxy}/sql`;
  neonConfig.wsProxy = (host, port) => `${proxy}/v2?address=${host}:${port}`;
  neonConfig.useSecureWebSocket = false;
  neonConfig.pipelineTLS = false;
  neonConfig.pipelineConnect = false;
});
afterAll(() => opened.disposeAsync());

/** Opens a pool that is closed at the end of the test. */
const openPool = (connectionString = url) => {
  const pool = new Pool({ connectionString, max: 2 });
  pool.on("error", () => undefined);
  return { pool, [Symbol.asyncDispose]: () => pool.end() };
};

test("a pool commits a transaction and rolls one back", async () => {
  await using opened = openPool();
  await opened.pool.query("create table ledger (n int)");
  const client = await opened.pool.connect();
  for (const end of ["commit", "rollback"]) {
    await client.query("begin");
    await client.query("insert into ledger values (1)");
    await client.query(end);
  }
  client.release();
  const { rows } = await opened.pool.query("select count(*)::int as n from ledger");
  expect(rows).toEqual([{ n: 1 }]);
});

test("a pool transfers an answer of 16 MB completely", async () => {
  await using opened = openPool();
  const { rows } = await opened.pool.query("select repeat('x', 16000000) as text");
  expect(rows[0]?.text).toHaveLength(16_000_000);
});

test("the HTTP function gives typed values, nulls and parameters", async () => {
  const sql = neon(url);
  const rows = await sql`select ${"zoë"} as text, 7 as n, true as yes, null as nothing,
    '{"a":[1]}'::jsonb as json, timestamptz '2026-01-02 03:04:05Z' as at`;
  expect(rows).toEqual([
    {
      text: "zoë",
      n: 7,
      yes: true,
      nothing: null,
      json: { a: [1] },
      at: new Date("2026-01-02T03:04:05Z"),
    },
  ]);
});

test("a batch over HTTP is one transaction: when a statement fails, all are rolled back", async () => {
  const sql = neon(url);
  await sql`create table parents (id int primary key)`;
  const both = sql.transaction([
    sql`insert into parents values (1)`,
    sql`insert into parents values (1)`,
  ]);
  await expect(both).rejects.toMatchObject({
    code: "23505",
    constraint: "parents_pkey",
    table: "parents",
    severity: "ERROR",
  });
  expect(await sql`select * from parents`).toEqual([]);
});

test("the HTTP function's transaction takes its isolation level", async () => {
  const sql = neon(url);
  const [rows] = await sql.transaction([sql`show transaction_isolation`], {
    isolationLevel: "Serializable",
    readOnly: true,
  });
  expect(rows).toEqual([{ transaction_isolation: "serializable" }]);
});

test("the rows of the HTTP function are arrays or objects, as its caller asks", async () => {
  const ask = async (headers: Record<string, string>) => {
    const answer = await fetch(`http://${proxy}/sql`, {
      method: "POST",
      headers: { "neon-connection-string": url, "neon-raw-text-output": "true", ...headers },
      body: JSON.stringify({ queries: [{ query: "select 1 as n", params: [] }] }),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const withRows = (rows: unknown) => ({ status: 200, body: { results: [{ rows }] } });
  expect(await ask({})).toMatchObject(withRows([{ n: "1" }]));
  expect(await ask({ "neon-array-mode": "true" })).toMatchObject(withRows([["1"]]));
  expect(await ask({ "neon-batch-isolation-level": "None" })).toMatchObject({ status: 400 });
});

test("a wrong password is refused in both modes", async () => {
  const wrong = url.replace(/:[^:@]+@/, ":wrong@");
  await using opened = openPool(wrong);
  await expect(opened.pool.query("select 1")).rejects.toMatchObject({ code: "28P01" });
  await expect(neon(wrong)`select 1`).rejects.toMatchObject({ code: "28P01" });
});

test("whatever address a client asks for, the local server is dialled", async () => {
  const elsewhere = url.replace(/@[^/]+\//, "@192.0.2.1:1/");
  await using opened = openPool(elsewhere);
  expect((await opened.pool.query("select 1 as n")).rows).toEqual([{ n: 1 }]);
  expect(await neon(elsewhere)`select 1 as n`).toEqual([{ n: 1 }]);
});

test("a body that is no statement is refused, and other paths are not found", async () => {
  const headers = { "neon-connection-string": url };
  const bad = await fetch(`http://${proxy}/sql`, { method: "POST", headers, body: '{"text":1}' });
  expect(bad.status).toBe(400);
  expect((await fetch(`http://${proxy}/`)).status).toBe(404);
});
