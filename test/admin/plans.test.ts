import { beforeAll, expect, test } from "vitest";
import { seedMany } from "../../dev/seed-many/seed-many.ts";
import { eventually } from "../harness/eventually.ts";
import { useAdmin } from "./use-admin.ts";

const admin = useAdmin();
const query = (sql: string, values?: unknown[]) => admin.stack().query(sql, values);

const SIZES = { users: 20_000, mails: 60_000, partners: 50, instances: 20 };
const PARTNER = `prt_seed${"1".padStart(18, "0")}`;
const USER = `usr_seed${"1".padStart(18, "0")}`;
/**
 * Tables with up to this many rows are not checked. PostgreSQL rightly reads them without an index.
 */
const FEW = 500;
/**
 * The share of a large table's rows that may be read without an index. For example, PostgreSQL
 * rightly reads the whole partition of a day that has just begun.
 */
const SMALL_SHARE = 0.1;

beforeAll(async () => {
  await seedMany(admin.stack().address.url, SIZES);
  await whenIndexesSuffice();
});

/**
 * Waits until VACUUM has marked all pages of `users` as all-visible. Only then does PostgreSQL use
 * index-only scans. An older open transaction keeps VACUUM from marking the pages.
 */
const whenIndexesSuffice = () =>
  eventually("the users to be visible to all", async () => {
    await query("vacuum users");
    const [row] = await query(
      "select relallvisible >= relpages as visible from pg_class where relname = 'users'",
    );
    return row?.["visible"] === true ? true : undefined;
  });

/**
 * Returns two numbers for each table: the rows read without an index, and all rows. A partitioned
 * table counts as one.
 */
async function readWithoutIndex(): Promise<Map<string, { read: number; rows: number }>> {
  const tables = await query(
    `select coalesce(parent.relname, stat.relname) as name, sum(seq_tup_read)::int as read,
            sum(greatest(part.reltuples, 0))::int as rows
     from pg_stat_user_tables as stat
     join pg_class as part on part.oid = stat.relid
     left join pg_inherits on inhrelid = stat.relid
     left join pg_class as parent on parent.oid = inhparent
     where part.relkind = 'r'
     group by 1`,
  );
  return new Map(
    tables.map(({ name, read, rows }) => [
      String(name),
      { read: Number(read), rows: Number(rows) },
    ]),
  );
}

/**
 * Calls `work`. Returns the large tables of which `work` has read more than SMALL_SHARE without an
 * index.
 */
async function readFromEndToEnd(work: () => Promise<unknown>): Promise<string[]> {
  await untilAllReported();
  const before = await readWithoutIndex();
  await work();
  await untilAllReported();
  const after = await readWithoutIndex();
  return [...after]
    .filter(([name, { read, rows }]) => {
      const fresh = read - (before.get(name)?.read ?? 0);
      return rows > FEW && fresh > rows * SMALL_SHARE;
    })
    .map(([name]) => name);
}

/**
 * Waits until the statistics contain all reads. A PostgreSQL process reports its reads at its end,
 * or on request, as the process of this query does. Ignores other databases, because another test
 * file may use the same server.
 */
const untilAllReported = () =>
  eventually("the processes that read to end", async () => {
    const [row] = await query(
      `select count(*)::int as open, pg_stat_force_next_flush() from pg_stat_activity
       where backend_type in ('client backend', 'parallel worker') and pid <> pg_backend_pid()
         and datname = current_database()`,
    );
    return row?.["open"] === 0 ? true : undefined;
  });

const SCREENS = [
  "/overview",
  "/users?sort=tag",
  "/users?sort=-state_changed",
  "/users?text=customer-77&sort=tag",
  `/users/${USER}/mail-log`,
  `/users/${USER}/mail-log?state=skipped`,
  `/users/${USER}/mail-log?since=2026-01-01T00:00:00Z`,
  `/users/${USER}/states`,
  "/events",
  `/events?partner_id=${PARTNER}`,
  "/events?state=dead",
  "/events?text=%3C5%40",
  "/attempts",
  "/attempts?code=5xx",
  "/attempts?code=none",
  "/attempts?host=partner-7.example",
  `/attempts?partner_id=${PARTNER}`,
  "/deliveries",
  `/deliveries?partner_id=${PARTNER}`,
  "/dead-letters",
  `/dead-letters?partner_id=${PARTNER}`,
  "/tracer-log",
  `/tracer-log?user_id=${USER}`,
  "/audit-log",
  "/events/evt_unknown",
];

test("the seed creates the requested numbers of rows", async () => {
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
  const scan = () => query("select count(*) from users where tag like '%x%'");
  expect(await readFromEndToEnd(scan)).toEqual(["users"]);
});

test.each(SCREENS)("%s reads no large table from end to end", async (path) => {
  const { browser } = await admin.signedIn();
  const found = await readFromEndToEnd(async () => {
    const { status } = await browser.call("GET", path);
    expect([200, 404]).toContain(status);
  });
  expect(found).toEqual([]);
});
