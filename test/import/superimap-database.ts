import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import pg from "pg";
import { inCheckout } from "../../dev/checkout.ts";

/** A SuperIMAP database with empty tables, on the same server as our database. */
export interface SuperimapDatabase extends AsyncDisposable {
  url: string;
  /**
   * Inserts a row. A time is an ISO text in UTC.
   * @returns the id of the row.
   */
  insert(table: string, row: Readonly<Record<string, unknown>>): Promise<number>;
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
}

/** The key that encrypts the secrets of this database. */
export const ENCRYPTION_KEY = "superimap-key";

/**
 * The encrypted form of each text. Created with `openssl enc -aes-256-cbc -md md5 -a -k
 * superimap-key`. SuperIMAP's library Gibberish uses the same format.
 */
export const ENCRYPTED = {
  'pass "1" ü': "U2FsdGVkX19x0fGRTlwXyqcIWNP/eVZicditnDVOeYM=\n",
  "correct horse": "U2FsdGVkX1/eLR/Nlq/DpI+eCXgnbR+u1gGRZjPsRhQ=\n",
} as const;

/** @param serverUrl The URL of any database on the server. */
export async function newSuperimapDatabase(serverUrl: string): Promise<SuperimapDatabase> {
  const name = `superimap_source_${randomUUID().replaceAll("-", "")}`;
  await using maker = await connect(serverUrl);
  await maker.client.query(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const { client, [Symbol.asyncDispose]: dispose } = await connect(url.href);
  await client.query(await readFile(inCheckout("test", "import", "superimap-schema.sql"), "utf8"));
  return {
    url: url.href,
    async insert(table, row) {
      const names = Object.keys(row);
      const { rows } = await client.query<{ id: number }>(
        `insert into ${table} (${names.join(", ")}) values (${names.map((_, n) => `$${n + 1}`).join(", ")})
         returning id`,
        Object.values(row),
      );
      return rows[0]?.id ?? 0;
    },
    query: async (sql, values) => (await client.query(sql, values)).rows,
    [Symbol.asyncDispose]: dispose,
  };
}

async function connect(connectionString: string) {
  const client = new pg.Client({ connectionString });
  client.on("error", () => undefined);
  await client.connect();
  return { client, [Symbol.asyncDispose]: () => client.end() };
}
