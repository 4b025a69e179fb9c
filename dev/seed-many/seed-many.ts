import { readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { whyNotSeedable } from "./why-not-seedable.ts";

export interface SeedSizes {
  users: number;
  mails: number;
  partners: number;
  instances: number;
}

/** The numbers of rows with which the admin pages must still be fast. */
export const MANY: SeedSizes = { users: 100_000, mails: 1_000_000, partners: 100, instances: 50 };

/**
 * Fills the development database with the invented data of a large installation.
 *
 * @throws when the database is possibly not a development database.
 */
export async function seedMany(url: string, sizes: SeedSizes): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>("select name from partners");
    const reason = whyNotSeedable({ url, partnerNames: rows.map(({ name }) => name) });
    if (reason !== undefined) throw new Error(`Cannot fill the database: ${reason}`);
    for (const [name, size] of Object.entries(sizes)) {
      await client.query("select set_config($1, $2, false)", [`seed.${name}`, String(size)]);
    }
    await client.query("set statement_timeout = 0");
    await client.query("begin");
    await client.query(await readFile(join(import.meta.dirname, "many.sql"), "utf8"));
    await client.query("commit");
    // Creates the planner's statistics about the new rows. Also marks their pages as visible to all
    // transactions: PostgreSQL uses index-only scans only for such pages.
    await client.query("vacuum (analyze)");
  } finally {
    await client.end();
  }
}
