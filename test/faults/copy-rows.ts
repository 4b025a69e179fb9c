import pg from "pg";

/** All rows of each table, as JSON. The key is the name of the table. */
export type Rows = ReadonlyMap<string, string>;

const TABLES = `select relname as name from pg_class
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1`;

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const listTables = async (client: pg.Client) =>
  (await client.query<{ name: string }>(TABLES)).rows.map(({ name }) => name);

/** Reads all rows in one snapshot, as pg_dump does. The tests' PostgreSQL has no pg_dump. */
export function dumpRows(url: string): Promise<Rows> {
  return withClient(url, async (client) => {
    await client.query("begin isolation level repeatable read read only");
    const rows = new Map<string, string>();
    for (const name of await listTables(client)) {
      const { rows: found } = await client.query<{ rows: string }>(
        `select coalesce(jsonb_agg(to_jsonb(one)), '[]')::text as rows from ${name} as one`,
      );
      rows.set(name, found[0]?.rows ?? "[]");
    }
    return rows;
  });
}

/**
 * Replaces all rows of a database that has the schema already. Meanwhile, triggers and foreign keys
 * are off.
 */
export function restoreRows(url: string, rows: Rows): Promise<void> {
  return withClient(url, async (client) => {
    await client.query("begin");
    await client.query("set local session_replication_role = replica");
    await client.query(`truncate ${(await listTables(client)).join(", ")}`);
    for (const [name, json] of rows) {
      await client.query(
        `insert into ${name} overriding system value select * from jsonb_populate_recordset(null::${name}, $1)`,
        [json],
      );
    }
    const { rows: sequences } = await client.query<{ set: string }>(
      `select format('select setval(%L, (select coalesce(max(%I), 0) + 1 from %I))', pg_get_serial_sequence(relname, attname), attname, relname) as set
       from pg_attribute join pg_class on pg_class.oid = attrelid
       where attidentity <> '' and relnamespace = 'public'::regnamespace`,
    );
    for (const { set } of sequences) await client.query(set);
    await client.query("commit");
  });
}
