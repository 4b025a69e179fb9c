import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  ensureDayPartitions,
  listDayPartitions,
  PARTITIONED,
} from "../../db/removal/partitions.ts";
import { claimRound, dueIn } from "../../db/fleet/rounds.ts";
import { systemClock } from "../../shared/clock.ts";
import type { DatabaseStack } from "../harness/stacks/database-stack.ts";
import { startDatabaseStack } from "../harness/stacks/start-database-stack.ts";
import { eventually } from "../harness/eventually.ts";
import { forceRound, insertNewUser, startRetention } from "./run-retention.ts";

const DAY_MS = 86_400_000;

let stack: DatabaseStack;
let partnerId: string;
let userId: string;
beforeAll(async () => {
  stack = await startDatabaseStack();
  ({ partnerId, userId } = await insertNewUser(stack));
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);
const formatDay = (days: number) => daysAgo(days).toISOString().slice(0, 10);
const namePartition = (table: string, days: number) =>
  `${table}_${formatDay(days).replaceAll("-", "")}`;

async function makePartition(table: string, days: number): Promise<string> {
  const name = namePartition(table, days);
  const [from, to] = [formatDay(days), formatDay(days - 1)];
  await stack.db.execute(
    sql.raw(
      `create table if not exists ${name} partition of ${table} for values from ('${from}Z') to ('${to}Z')`,
    ),
  );
  return name;
}

const insertMail = (eventId: string, days: number, state = "delivered") =>
  stack.db.execute(sql`
    insert into mail_logs (event_id, recorded_at, user_id, partner_id, mailbox, uid_validity, uid,
                           size_bytes, internal_date, state)
    values (${eventId}, ${daysAgo(days).toISOString()}::timestamptz, ${userId}, ${partnerId}, 'INBOX', 1, 1, 1, now(), ${state})`);

const insertAttempt = (eventId: string, days: number) =>
  stack.db.execute(sql`
    insert into transmit_logs (event_id, attempt, attempted_at, partner_id, user_id, duration_ms, outcome)
    values (${eventId}, 1, ${daysAgo(days).toISOString()}::timestamptz, ${partnerId}, ${userId}, 1, 'delivered')`);

const partitionNames = async () => (await listDayPartitions(stack.db)).map(({ name }) => name);
const eventIds = async () => {
  const { rows } = await stack.db.execute<{ id: string }>(
    sql`select event_id as id from mail_logs union all select event_id from transmit_logs`,
  );
  return rows.map(({ id }) => id);
};

test("old days are dropped with their rows, and younger ones stay", async () => {
  const old = [await makePartition("mail_logs", 100), await makePartition("transmit_logs", 40)];
  const young = [await makePartition("mail_logs", 80), await makePartition("transmit_logs", 20)];
  await insertMail("evt_old_mail", 100);
  await insertAttempt("evt_old_attempt", 40);
  await insertMail("evt_young_mail", 80);
  await insertAttempt("evt_young_attempt", 20);
  expect(await forceRound(stack.db)).toMatchObject({
    partitions_dropped: 2,
    partitions_postponed: 0,
  });
  const names = await partitionNames();
  expect(names).toEqual(expect.arrayContaining(young));
  expect(names).not.toContain(old[0]);
  expect(names).not.toContain(old[1]);
  expect((await eventIds()).toSorted()).toEqual(["evt_young_attempt", "evt_young_mail"]);
});

test("there are partitions for a week to come and for attempts that are written three days late", async () => {
  for (const table of PARTITIONED) {
    for (const days of [-7, -1, 0, 3]) {
      await stack.db.execute(sql`drop table ${sql.identifier(namePartition(table, days))}`);
    }
  }
  await forceRound(stack.db);
  for (const days of [-7, -1, 0, 3]) {
    await insertAttempt(`evt_day_${days}`, days);
    await insertMail(`evt_mail_day_${days}`, days);
  }
  expect(await eventIds()).toEqual(expect.arrayContaining(["evt_day_-7", "evt_day_3"]));
});

test("several processes create partitions at the same time without an error", async () => {
  for (const table of PARTITIONED) {
    await stack.db.execute(sql`drop table ${sql.identifier(namePartition(table, -6))}`);
  }
  await Promise.all(Array.from({ length: 8 }, () => ensureDayPartitions(stack.db, 7)));
  expect(await partitionNames()).toContain(namePartition("mail_logs", -6));
});

test("a mail that is still parked outlives its day, and nothing else of it does", async () => {
  await makePartition("mail_logs", 101);
  await insertMail("evt_parked", 101, "parked");
  await insertMail("evt_gone", 101, "parked");
  await stack.db.execute(sql`
    insert into parked_mails (event_id, user_id, mailbox, uid_validity, uid, internal_date, next_try_at)
    values ('evt_parked', ${userId}, 'INBOX', 1, 1, now(), now())`);
  await forceRound(stack.db);
  const ids = await eventIds();
  expect(ids).toContain("evt_parked");
  expect(ids).not.toContain("evt_gone");
});

test("a locked day is left for the next round, and nobody waits for long", async () => {
  const name = await makePartition("mail_logs", 102);
  await insertMail("evt_held", 102);
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: held, resolve: isHeld } = Promise.withResolvers<void>();
  const holding = stack.db.transaction(async (tx) => {
    await tx.execute(sql`select 1 from ${sql.identifier(name)}`);
    isHeld();
    await released;
  });
  await held;
  const round = await forceRound(stack.db);
  expect(round).toMatchObject({ partitions_postponed: 1 });
  expect(Number(round["duration_ms"])).toBeLessThan(5_000);
  expect(await partitionNames()).toContain(name);
  // The next round is due within two minutes instead of an hour.
  const { rows } = await stack.db.execute<{ soon: boolean }>(
    sql`select due_at < now() + interval '2 minutes' as soon from rounds where name = 'retention'`,
  );
  expect(rows).toEqual([{ soon: true }]);
  release();
  await holding;
  expect(await forceRound(stack.db)).toMatchObject({ partitions_dropped: 1 });
  expect(await partitionNames()).not.toContain(name);
});

/** Drops the newest partitions, which were created seven days in advance. */
async function dropLastDay() {
  for (const table of PARTITIONED) {
    await stack.db.execute(sql`drop table ${sql.identifier(namePartition(table, -7))}`);
  }
}

/** Runs a statement in a transaction. The transaction stays open until disposed. */
async function holdOpen(statement: ReturnType<typeof sql.raw>): Promise<AsyncDisposable> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: held, resolve: isHeld } = Promise.withResolvers<void>();
  const holding = stack.db.transaction(async (tx) => {
    await tx.execute(statement);
    isHeld();
    await released;
  });
  await held;
  return {
    [Symbol.asyncDispose]() {
      release();
      return holding;
    },
  };
}

test("partitions are created while a dump reads everything, and nobody waits", async () => {
  await dropLastDay();
  const { rows } = await stack.db.execute<{ names: string }>(
    sql`select string_agg(format('%I', relname), ', ') as names from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`,
  );
  // pg_dump holds such locks until it ends.
  await using _ = await holdOpen(sql.raw(`lock table ${rows[0]?.names} in access share mode`));
  await ensureDayPartitions(stack.db, 7);
  expect(await partitionNames()).toEqual(
    expect.arrayContaining(PARTITIONED.map((table) => namePartition(table, -7))),
  );
  await insertMail("evt_during_dump", 0);
  await insertMail("evt_ahead", -7);
});

test("an attached partition has the keys, checks and defaults of one created with its parent", async () => {
  const made = await makePartition("mail_logs", 60);
  const readShape = async (name: string) => {
    const { rows } = await stack.db.execute<{ shape: string }>(sql`
      select regexp_replace(item, ${name}, 'part', 'g') as shape from (
        select pg_get_constraintdef(oid) as item from pg_constraint where conrelid = ${name}::regclass
        union all select indexdef from pg_indexes where tablename = ${name}
        union all select attname || coalesce(pg_get_expr(adbin, adrelid), '') || attnotnull || attstorage::text
          from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
          where attrelid = ${name}::regclass and attnum > 0
      ) as items order by 1`);
    return rows.map(({ shape }) => shape);
  };
  expect(await readShape(namePartition("mail_logs", -7))).toEqual(await readShape(made));
});

test("a partition whose locks a long write holds is left for the next round, and others write on", async () => {
  await dropLastDay();
  {
    await using _ = await holdOpen(sql`update users set email = 'a@b.c' where id = ${userId}`);
    const round = forceRound(stack.db);
    await insertMail("evt_during_write", 0);
    expect(await round).toMatchObject({ partitions_postponed: 0 });
    expect(await partitionNames()).not.toContain(namePartition("mail_logs", -7));
    // The open transaction does not block transmit_logs, which has no foreign key to users.
    expect(await partitionNames()).toContain(namePartition("transmit_logs", -7));
  }
  await forceRound(stack.db);
  expect(await partitionNames()).toContain(namePartition("mail_logs", -7));
});

test("an error is logged when partitions exist for less than the next three days", async () => {
  for (const days of [-7, -6, -5, -4, -3]) {
    await stack.db.execute(sql`drop table ${sql.identifier(namePartition("mail_logs", days))}`);
  }
  await using _ = await holdOpen(sql`update users set email = 'd@b.c' where id = ${userId}`);
  await dueIn(stack.db, "retention", 0);
  await using retention = startRetention(stack.db);
  await eventually("the alarm", () =>
    retention.lines().find((line) => line.includes('"partitions.missing"')),
  );
});

test("one of several instances does a round, and no round runs before it is due", async () => {
  await claimRound(stack.db, "retention", 0);
  await dueIn(stack.db, "retention", 0);
  await using resources = new AsyncDisposableStack();
  const instances = Array.from({ length: 4 }, () => resources.use(startRetention(stack.db)));
  const rounds = () => instances.flatMap((instance) => instance.rounds());
  await eventually("a round", () => rounds()[0]);
  for (let n = 0; n < 5; n++) {
    for (const { wake } of instances) wake();
    await ensureDayPartitions(stack.db, 7);
  }
  expect(rounds()).toHaveLength(1);
});

test("the round of an instance that died is done by another when its lease is over", async () => {
  await dueIn(stack.db, "retention", 0);
  expect(await claimRound(stack.db, "retention", 300)).toBe(true);
  expect(await claimRound(stack.db, "retention", 300)).toBe(false);
  await eventually("the end of the lease", async () =>
    (await claimRound(stack.db, "retention", 300)) ? true : undefined,
  );
});

test("a failed round is repeated, immediately when the cause has ended", async () => {
  await claimRound(stack.db, "retention", 0);
  await dueIn(stack.db, "retention", 0);
  await stack.db.execute(sql`alter table sweeps rename to sweeps_away`);
  let waits = 0;
  const clock = {
    ...systemClock,
    sleep: (ms: number, signal: AbortSignal) => {
      waits++;
      return systemClock.sleep(Math.min(ms, 20), signal);
    },
  };
  await using retention = startRetention(stack.db, { clock });
  await eventually("two vain tries", () => (waits > 20 ? true : undefined));
  expect(retention.rounds()).toEqual([]);
  await stack.db.execute(sql`alter table sweeps_away rename to sweeps`);
  await eventually("the round", () => retention.rounds()[0]);
});
