import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import * as v from "valibot";
import type { DemoUser } from "../dev/stack/keys.ts";
import { type Stack, startStack } from "../dev/stack/stack.ts";
import { newId } from "../shared/ids.ts";
import { mailboxPublicKeys, mailboxSealer } from "../shared/secrets/vault.ts";
import { machine, readUsage } from "./figures.ts";

/** As long as LOOK_INTERVAL, so that the server is asked for mail once for each user. */
const WINDOW_MS = 120_000;
const SETTLE_MS = 10_000;

/**
 * Measures how much memory one Bun process needs to watch `count` users. Each user has its own TLS
 * connection in IDLE.
 */
export async function benchIdle(count: number): Promise<void> {
  const accounts = Array.from({ length: count }, (_, i) => {
    const name = `user${i}`;
    return { tag: name, login: name, password: name, address: `${name}@bench.test` };
  });
  await using stack = await startStack({
    accounts,
    fleetEnv: { LOGIN_RATE: "5000", LOGIN_CONCURRENCY: "150" },
  });
  const { fleet } = stack.programs;
  const database = new pg.Pool({ connectionString: stack.addresses.postgres, max: 1 });
  await fleet.stop();
  await insertUsers(database, stack, accounts);
  const startMs = performance.now();
  await fleet.start();
  await untilWatching(database, count);
  const stormMs = performance.now() - startMs;
  await delay(SETTLE_MS);
  const before = readUsage(fleet.pid);
  await delay(WINDOW_MS);
  const { cpuMs, rssMib } = readUsage(fleet.pid);
  await database.end();

  const kib = (rssMib * 1_024) / count;
  const share = ((cpuMs - before.cpuMs) / WINDOW_MS) * 100;
  console.log(`idle, on ${machine()}: one Bun process, ${count} users on TLS in IDLE`);
  console.log(
    `  ${Math.round(rssMib)} MiB resident, ${kib.toFixed(0)} KiB a user, ${Math.floor(2 ** 20 / kib)} users a GiB`,
  );
  console.log(
    `  start to all watching: ${(stormMs / 1_000).toFixed(1)} s; idle: ${share.toFixed(1)} % of a core`,
  );
}

async function insertUsers(database: pg.Pool, { keys }: Stack, accounts: readonly DemoUser[]) {
  const sealer = mailboxSealer(v.parse(mailboxPublicKeys, keys.mailbox_public_keys));
  const rows = await Promise.all(
    accounts.map(async ({ tag, login, password }) => {
      const id = newId("usr");
      const sealed = await sealer.seal(`users/${id}/login_password`, password);
      return { id, tag, login, sealed };
    }),
  );
  await database.query(
    `insert into users (id, connection_id, tag, login_username, sealed_login_password, connected_at)
     select row.id, partner_connections.id, tag, login, sealed, now()
     from jsonb_to_recordset($1) as row (id text, tag text, login text, sealed text)
     join partner_connections on provider_id = 'prv_plain'`,
    [JSON.stringify(rows)],
  );
}

async function untilWatching(database: pg.Pool, count: number): Promise<void> {
  for (;;) {
    const { rows } = await database.query(
      "select count(*)::int as n from users where state = 'watching' and tag like 'user%'",
    );
    if (rows[0]?.n >= count) return;
    await delay(250);
  }
}
