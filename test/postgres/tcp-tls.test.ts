import { chmod, copyFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTcpDatabase } from "../../db/drivers/tcp-database.ts";
import { temporaryFolder } from "../../dev/processes/temporary-folder.ts";
import { giveTo, postgresHome } from "../../dev/servers/postgres-home.ts";
import { postgresUrl } from "../../dev/servers/postgres.ts";
import { keepCertificates } from "../../dev/stack/certificates.ts";
import { eventually } from "../harness/eventually.ts";
import { startMutingProxy, throughProxy } from "../harness/network/muting-proxy.ts";
import { startRawServer } from "../harness/network/raw-server.ts";
import { startDatabaseServers } from "../harness/stacks/database-stack.ts";

const TIMEOUT_MS = 700;

const opened = new AsyncDisposableStack();
let plainUrl: string;
let caFile: string;
let otherCaFile: string;

beforeAll(async () => {
  const { context } = opened.use(await startDatabaseServers());
  plainUrl = postgresUrl(context);
  caFile = context.certificates.caFile;
  const folder = opened.use(await temporaryFolder());
  otherCaFile = (await keepCertificates(join(folder.path, "other"))).caFile;
  const { data, identity } = await postgresHome(context.folder);
  const { certificateFile, keyFile } = context.certificates;
  for (const [from, name] of [
    [certificateFile, "server.crt"],
    [keyFile, "server.key"],
  ] as const) {
    const path = join(data, name);
    await copyFile(from, path);
    await giveTo(identity, path);
    await chmod(path, 0o600);
  }
  await using database = openTcpDatabase({ url: plainUrl, maxConnections: 1 });
  await database.db.execute(sql`alter system set ssl = on`);
  await database.db.execute(sql`select pg_reload_conf()`);
});
afterAll(() => opened[Symbol.asyncDispose]());

/** Connects, and returns whether the server sees a connection with TLS. */
async function connect(query: string, ca?: string, host = "127.0.0.1"): Promise<unknown> {
  const url = `${plainUrl.replace("127.0.0.1", host)}${query}`;
  const options = { url, caFile: ca, maxConnections: 1, timeoutMs: 10_000 };
  await using database = openTcpDatabase(options);
  const { rows } = await database.db.execute(
    sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`,
  );
  return rows[0]?.["ssl"];
}

test.each(["127.0.0.1", "localhost"])(
  "the certificate of %s is verified with the given authority",
  async (host) => {
    expect(await connect("?sslmode=verify-full", caFile, host)).toBe(true);
    expect(await connect("?sslmode=require", caFile, host)).toBe(true);
    expect(await connect("", caFile, host)).toBe(true);
  },
);

test("without sslmode and without an authority, a connection on this machine has no TLS", async () => {
  expect(await connect("")).toBe(false);
  expect(await connect("?sslmode=disable", caFile)).toBe(false);
});

test.each(["require", "verify-full"])(
  "with sslmode=%s a certificate of another authority is refused",
  async (mode) => {
    for (const ca of [otherCaFile, undefined]) {
      await expect(connect(`?sslmode=${mode}`, ca)).rejects.toMatchObject({
        cause: { message: expect.stringMatching(/certificate/i) },
      });
    }
  },
);

test.each(["require", "verify-full"])(
  "with sslmode=%s a certificate for another name is refused",
  async (mode) => {
    // `127.1` is an old notation of 127.0.0.1. The certificate is not valid for this name.
    await expect(connect(`?sslmode=${mode}`, caFile, "127.1")).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/altnames|NotValidForName|cert/i) },
    });
  },
);

test("a server without TLS is refused where TLS is wanted", async () => {
  await using servers = await startDatabaseServers();
  const url = `${postgresUrl(servers.context)}?sslmode=require`;
  await using database = openTcpDatabase({ url, caFile, maxConnections: 1 });
  await expect(database.db.execute(sql`select 1`)).rejects.toMatchObject({
    cause: { message: "The server does not support SSL connections" },
  });
});

test.each([["mute"], ["swallow"]] as const)(
  "a query at a server with TLS that becomes %s fails after the deadline, and no connection stays open",
  async (mode) => {
    await using network = await startMutingProxy(new URL(plainUrl).host);
    const url = throughProxy(plainUrl, network);
    const database = openTcpDatabase({ url, caFile, maxConnections: 2, timeoutMs: TIMEOUT_MS });
    const ask = () => database.db.execute(sql`select 1`);
    await Promise.all([ask(), ask()]);
    expect(network.connectionCount()).toBe(2);
    network.become(mode);
    await expect(ask()).rejects.toMatchObject({ cause: { message: "Query read timeout" } });
    await database[Symbol.asyncDispose]();
    await eventually("both connections to be closed", () =>
      network.connectionCount() === 0 ? true : undefined,
    );
  },
);

test("a server that stays silent in the TLS handshake is given up after the deadline", async () => {
  // The server agrees to TLS (PostgreSQL's manual, 54.2.11), and then sends nothing more.
  await using server = await startRawServer((socket) => {
    socket.once("data", () => socket.write("S"));
  });
  const url = `postgres://user@${server.host}:${server.port}/db?sslmode=require`;
  await using database = openTcpDatabase({ url, caFile, maxConnections: 1, timeoutMs: TIMEOUT_MS });
  await expect(database.db.execute(sql`select 1`)).rejects.toMatchObject({
    cause: { message: expect.stringContaining("timeout") },
  });
  await eventually("the connection to be closed", () => (server.open() === 0 ? true : undefined));
});

test("a file of authorities that cannot be read is named when the database is opened", () => {
  const options = { url: plainUrl, caFile: "/nowhere/ca.pem", maxConnections: 1 };
  expect(() => openTcpDatabase(options)).toThrow("/nowhere/ca.pem");
});
