import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import * as v from "valibot";
import { temporaryFolder } from "../dev/processes/temporary-folder.ts";
import { type Stack, startStack } from "../dev/stack/stack.ts";
import { newId } from "../shared/ids.ts";
import { mailboxPublicKeys, mailboxSealer } from "../shared/secrets/vault.ts";
import { readUsage } from "./figures.ts";
import { startImapServer, type TestImapServer } from "../test/imap-server/imap-server.ts";
import { makeTestCertificate } from "../test/imap-server/test-certificate.ts";

/** How long a fleet without users runs before its memory is measured. */
const EMPTY_MS = 5_000;

export interface WatchedStack extends AsyncDisposable {
  stack: Stack;
  /** The mail server of the users. It runs in this process, and keeps mail in memory. */
  server: TestImapServer;
  addresses: readonly string[];
  /** The time from the start of the fleet until it watched all users. */
  startMs: number;
  /** The resident memory of a fleet without these users. */
  emptyMib: number;
}

/**
 * Starts a stack in which one fleet process watches `count` users over TLS. The mail server runs in
 * this process, not in the stack. A function call delivers mail to it, which costs little CPU time.
 *
 * @param webhook The endpoint of the users' partner. Default: the sink of the stack.
 */
export async function startWatchedStack(count: number, webhook?: string): Promise<WatchedStack> {
  await using opened = new AsyncDisposableStack();
  const folder = opened.use(await temporaryFolder());
  const caFile = join(folder.path, "ca.pem");
  const tls = await makeTestCertificate();
  await writeFile(caFile, tls.cert);
  const server = opened.use(await startImapServer({ tls }));
  const stack = opened.use(
    await startStack({
      fleetEnv: { LOGIN_RATE: "5000", LOGIN_CONCURRENCY: "150", IMAP_CA_FILE: caFile },
    }),
  );
  const { fleet } = stack.programs;
  await delay(EMPTY_MS);
  const emptyMib = readUsage(fleet.pid).rssMib;
  await fleet.stop();
  await using database = newPool(stack);
  const names = Array.from({ length: count }, (_, n) => `user${n}`);
  const toAddress = (name: string) => `${name}@bench.test`;
  for (const name of names)
    server.addAccount({ login: name, password: name, address: toAddress(name) });
  await database.pool.query(
    "update imap_providers set imap_port = $1, imap_security = 'tls' where id = 'prv_plain'",
    [server.tlsPort],
  );
  if (webhook !== undefined)
    await database.pool.query("update partners set new_mail_webhook = $1", [webhook]);
  await insertUsers(database.pool, stack, names);
  const startedMs = performance.now();
  await fleet.start();
  await untilWatching(database.pool, count);
  const startMs = performance.now() - startedMs;
  const owned = opened.move();
  return {
    stack,
    server,
    addresses: names.map(toAddress),
    startMs,
    emptyMib,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function newPool(stack: Stack) {
  const pool = new pg.Pool({ connectionString: stack.addresses.postgres, max: 1 });
  return { pool, [Symbol.asyncDispose]: () => pool.end() };
}

async function insertUsers(database: pg.Pool, { keys }: Stack, names: readonly string[]) {
  const sealer = mailboxSealer(v.parse(mailboxPublicKeys, keys.mailbox_public_keys));
  const rows = await Promise.all(
    names.map(async (name) => {
      const id = newId("usr");
      return { id, name, sealed: await sealer.seal(`users/${id}/login_password`, name) };
    }),
  );
  await database.query(
    `insert into users (id, connection_id, tag, login_username, sealed_login_password, connected_at)
     select row.id, partner_connections.id, name, name, sealed, now()
     from jsonb_to_recordset($1) as row (id text, name text, sealed text)
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
