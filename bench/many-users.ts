import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import * as v from "valibot";
import type { DemoUser } from "../dev/stack/keys.ts";
import { type Stack, startStack } from "../dev/stack/stack.ts";
import { newId } from "../shared/ids.ts";
import { mailboxPublicKeys, mailboxSealer } from "../shared/secrets/vault.ts";

export interface WatchedStack extends AsyncDisposable {
  stack: Stack;
  accounts: readonly DemoUser[];
  /** The time from the start of the fleet until it watched all users. */
  startMs: number;
}

/** Starts a stack whose fleet, one process, watches `count` users over TLS. */
export async function startWatchedStack(count: number): Promise<WatchedStack> {
  const accounts = Array.from({ length: count }, (_, i) => {
    const name = `user${i}`;
    return { tag: name, login: name, password: name, address: `${name}@bench.test` };
  });
  const stack = await startStack({
    accounts,
    fleetEnv: { LOGIN_RATE: "5000", LOGIN_CONCURRENCY: "150" },
  });
  const { fleet } = stack.programs;
  const database = new pg.Pool({ connectionString: stack.addresses.postgres, max: 1 });
  await fleet.stop();
  await insertUsers(database, stack, accounts);
  const startedMs = performance.now();
  await fleet.start();
  await untilWatching(database, count);
  const startMs = performance.now() - startedMs;
  await database.end();
  return { stack, accounts, startMs, [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose]() };
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
