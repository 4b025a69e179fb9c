import { rename, rm } from "node:fs/promises";
import { sql } from "drizzle-orm";
import { afterEach, expect, test } from "vitest";
import { inCheckout } from "../../dev/checkout.ts";
import { postgresHome } from "../../dev/servers/postgres-home.ts";
import { runCommand } from "../../dev/processes/run-command.ts";
import type { Db } from "../../db/client.ts";
import { type LogPosition, readEventLog } from "../../db/mail/event-log.ts";
import { migrate } from "../../db/migrate.ts";
import { openTcpDatabase } from "../../db/drivers/tcp-database.ts";
import { openDatabaseStack, startDatabaseServers } from "../harness/stacks/database-stack.ts";
import { eventually } from "../harness/eventually.ts";
import { dumpRows, restoreRows } from "./copy-rows.ts";
import { type Cluster, startCluster } from "./cluster.ts";

const USERS = 10;
const [BEFORE, UNDONE, AFTER] = [30, 20, 20];

let cluster: Cluster;
afterEach(() => cluster?.[Symbol.asyncDispose]());

const answerWebhooks = (status: number, times: number) =>
  fetch(`${cluster.sink.url}/behave`, { method: "POST", body: JSON.stringify({ status, times }) });

/** Returns the positions of the events that follow `after` in the log. */
async function readLog(db: Db, after: LogPosition | undefined): Promise<LogPosition[]> {
  const page = { partnerId: cluster.partnerId, after, kind: "new_mail" as const, limit: 1_000 };
  return (await readEventLog(db, page)).map(({ position }) => position);
}

const untilLogged = (db: Db, after: LogPosition | undefined, count: number) =>
  eventually(`${count} events in the log`, async () => {
    const found = await readLog(db, after);
    return found.length >= count ? found : undefined;
  });

/** Uses up 50,000 transaction ids of PostgreSQL. */
async function useTransactions(): Promise<void> {
  await cluster.db.execute(
    sql.raw(`do $$ begin
      for n in 1..50000 loop
        begin perform pg_current_xact_id(); insert into rounds values ('n' || n, now()); exception when division_by_zero then null; end;
      end loop;
      delete from rounds where name like 'n%';
    end $$`),
  );
}

const runningEnv = { RETRY_SCHEDULE: "1,2,4,8,16,30,30,30" };

/**
 * Runs a fleet until it has delivered some mails, and calls `backUp`. Then the fleet reads more
 * mails, whose endpoint fails: their events wait in NATS.
 */
async function liveThroughIt(backUp: () => Promise<void>) {
  cluster = await startCluster(USERS, runningEnv);
  // Simulates an old installation. Its transaction ids are higher than those of a newly created
  // PostgreSQL server.
  await useTransactions();
  const running = await cluster.join("before");
  await cluster.untilShared(["before"]);
  cluster.ledger.send(BEFORE);
  await cluster.ledger.settle();
  const old = await untilLogged(cluster.db, undefined, BEFORE);
  await backUp();
  await cluster.watchfulness.untilAllWatched(cluster.logins);
  // The restore will undo the period that begins here. This period uses more transaction ids than
  // the time after the restore will use.
  await useTransactions();
  await answerWebhooks(500, 1_000_000);
  cluster.ledger.send(UNDONE);
  const all = await untilLogged(cluster.db, undefined, BEFORE + UNDONE);
  await running.stop();
  await answerWebhooks(200, 0);
  return { cursorBefore: old.at(-1), cursorUndone: all.at(-1) };
}

/**
 * Expects that no mail is lost or delivered under a second id. Expects that no event cursor misses
 * an event, not even one from the undone period.
 */
async function expectToGoOn(
  db: Db,
  { cursorBefore, cursorUndone }: Awaited<ReturnType<typeof liveThroughIt>>,
) {
  await cluster.watchfulness.untilAllWatched(cluster.logins);
  cluster.ledger.send(AFTER);
  const { sent, doubled } = await cluster.ledger.settle();
  console.log(`restored: 0 of ${sent} lost, ${doubled} came again`);
  const since = await untilLogged(db, cursorBefore, UNDONE + AFTER);
  expect(new Set(since.map(({ eventId }) => eventId)).size).toBe(UNDONE + AFTER);
  const sinceUndone = new Set(
    (await untilLogged(db, cursorUndone, AFTER)).map(({ eventId }) => eventId),
  );
  const newIds = Array.from({ length: AFTER }, (_, n) =>
    cluster.receipts.listIds(BEFORE + UNDONE + n),
  ).flat();
  expect(newIds.filter((id) => !sinceUndone.has(id))).toEqual([]);
  expect(await readLog(db, undefined)).toHaveLength(BEFORE + UNDONE + AFTER);
}

test("a dump of a running fleet is restored into another cluster: nothing is lost, or repeated under another id", async () => {
  let rows: Awaited<ReturnType<typeof dumpRows>> = new Map();
  const cursors = await liveThroughIt(async () => {
    rows = await dumpRows(cluster.databaseAddress.url);
  });
  await using servers = await startDatabaseServers();
  await using restored = openDatabaseStack(servers.context);
  await migrate(restored.address);
  await restoreRows(restored.address.url, rows);
  // A deployment after a restore also runs the migrations again.
  await migrate(restored.address);
  await cluster.join("after", { DATABASE_URL: restored.address.url });
  await expectToGoOn(restored.db, cursors);
});

test("a cluster goes back to an earlier moment: nothing is lost, or repeated under another id", async () => {
  let backup = "";
  let data = "";
  const cursors = await liveThroughIt(async () => {
    ({ data } = await postgresHome(cluster.folder));
    backup = `${data}.backup`;
    await cluster.programs.postgres.stop();
    await runCommand("cp", { args: ["-a", data, backup] });
    await cluster.programs.postgres.start();
  });
  await cluster.programs.postgres.stop();
  await rm(data, { recursive: true });
  await rename(backup, data);
  await cluster.programs.postgres.start();
  const { url } = cluster.databaseAddress;
  // The runbook says that operators must run this command after a restore.
  await runCommand(process.execPath, {
    args: [inCheckout("ops", "database-restored.ts")],
    env: { DATABASE_URL: url },
  });
  await cluster.join("after");
  await using database = openTcpDatabase({ url, maxConnections: 1 });
  await expectToGoOn(database.db, cursors);
});
