import { beforeAll, expect, test } from "vitest";
import { seedMany } from "../../dev/seed-many/seed-many.ts";
import { eventually } from "../harness/eventually.ts";
import { useAdmin } from "./use-admin.ts";

const admin = useAdmin();
const query = (sql: string, values?: unknown[]) => admin.stack().query(sql, values);

const SIZES = { users: 20_000, mails: 60_000, partners: 50, instances: 20 };
const PARTNER = `prt_seed${"1".padStart(18, "0")}`;
const USER = `usr_seed${"1".padStart(18, "0")}`;
/** A table with fewer rows is best read from end to end. */
const FEW = 500;

beforeAll(() => seedMany(admin.stack().address.url, SIZES), 120_000);

/** How often each large table was read from end to end. */
async function endToEndReads(): Promise<Map<string, number>> {
  const rows = await query(
    `select relname, seq_scan::int as reads from pg_stat_user_tables
     where relid in (select oid from pg_class where reltuples > $1)`,
    [FEW],
  );
  return new Map(rows.map(({ relname, reads }) => [String(relname), Number(reads)]));
}

/** A connection tells what it did when it ends, and so before it is gone. */
const whenEdgeIsIdle = () =>
  eventually("the edge's connections to end", async () => {
    const [row] = await query(
      `select count(*)::int as open from pg_stat_activity
       where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    return row?.["open"] === 0 ? true : undefined;
  });

const SCREENS = [
  "/overview",
  `/users/${USER}/mail-log`,
  `/users/${USER}/mail-log?state=skipped`,
  "/deliveries",
  `/deliveries?partner_id=${PARTNER}`,
  "/dead-letters",
  `/dead-letters?partner_id=${PARTNER}`,
  "/tracer-log",
  `/tracer-log?user_id=${USER}`,
  "/audit-log",
  "/events/evt_unknown",
];

test("the seed makes what it says", async () => {
  const [row] = await query(
    `select (select count(*) from users)::int as users, (select count(*) from mail_logs)::int as mails,
            (select count(*) from fleet_instances)::int as instances,
            (select count(*) from dead_letters)::int > 100 as dead,
            (select count(*) from transmit_logs)::int > 60000 as attempts`,
  );
  const { users, mails, instances } = SIZES;
  expect(row).toEqual({ users, mails, instances, dead: true, attempts: true });
});

test("a database that holds partners is not filled again", async () => {
  await expect(seedMany(admin.stack().address.url, SIZES)).rejects.toThrow(/partners/);
});

test("a table that is read from end to end is noticed", async () => {
  await whenEdgeIsIdle();
  const before = await endToEndReads();
  // In one statement: another connection of ours would tell of its own reads only.
  await query(
    `with counted as materialized (select count(*) from users where tag like '%x%')
     select count, pg_stat_force_next_flush() from counted`,
  );
  const after = await endToEndReads();
  expect(after.get("users")).toBe((before.get("users") ?? 0) + 1);
});

test.each(SCREENS)("%s reads no large table from end to end", async (path) => {
  const { browser } = await admin.signedIn();
  await whenEdgeIsIdle();
  const before = await endToEndReads();
  expect(before.size).toBeGreaterThan(10);
  const { status } = await browser.call("GET", path);
  expect([200, 404]).toContain(status);
  await whenEdgeIsIdle();
  const after = await endToEndReads();
  const read = [...after].filter(([table, reads]) => reads > (before.get(table) ?? 0));
  expect(read).toEqual([]);
});
