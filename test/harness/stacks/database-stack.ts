import { randomUUID } from "node:crypto";
import pg from "pg";
import * as v from "valibot";
import type { WholeDb } from "../../../db/client.ts";
import { migrate } from "../../../db/migrate.ts";
import {
  type CreatedPartner,
  createPartner,
  type NewPartner,
} from "../../../db/partners/partners.ts";
import { openTcpDatabase } from "../../../db/drivers/tcp-database.ts";
import { type Certificates, keepCertificates } from "../../../dev/stack/certificates.ts";
import { databaseProxyAddress, startDatabaseProxy } from "../../../dev/servers/database-proxy.ts";
import { makeKeys, readKeys } from "../../../dev/stack/keys.ts";
import { choosePorts, FREE_PORTS, type Ports } from "../../../dev/stack/ports.ts";
import { wipePostgres } from "../../../dev/servers/postgres-home.ts";
import { postgresUrl, startPostgres } from "../../../dev/servers/postgres.ts";
import type { Program } from "../../../dev/processes/program.ts";
import type { StackContext } from "../../../dev/stack/stack-context.ts";
import { prepareStateFolder, stateFolder } from "../../../dev/stack/state-folder.ts";
import { killStraysAtExit } from "../../../dev/stack/strays.ts";
import { temporaryFolder } from "../../../dev/processes/temporary-folder.ts";
import {
  mailboxOpener,
  mailboxPrivateKeys,
  mailboxPublicKeys,
  mailboxSealer,
  type Opener,
  partnerKeys,
  partnerVault,
  type Sealer,
} from "../../../shared/secrets/vault.ts";

/**
 * A stack is a set of servers for a test. This one has a database with the schema, and all keys
 * that servers need. All other stacks contain it.
 */
export interface DatabaseStack extends AsyncDisposable {
  context: StackContext;
  db: WholeDb;
  /**
   * `url` is the database over TCP. `proxy` is the WebSocket proxy in front of it, which only the
   * Worker uses.
   */
  address: { url: string; proxy: string };
  /** Functions that seal and open (encrypt and decrypt) secrets with the keys of each ring. */
  vaults: { mailbox: Sealer & Opener; partner: Sealer & Opener };
  newPartner(settings?: Partial<NewPartner>): Promise<CreatedPartner>;
}

/** The servers of a database. Tests can stop and start them. */
export interface DatabasePrograms {
  postgres: Program;
  databaseProxy: Program;
}

/**
 * Starts PostgreSQL and a database proxy that no other test file uses, and migrates the database.
 * For tests that stop these servers.
 */
export async function startOwnDatabaseStack(): Promise<
  DatabaseStack & { programs: DatabasePrograms }
> {
  await using opened = new AsyncDisposableStack();
  const { context, programs } = opened.use(await startDatabaseServers());
  await migrate({ url: postgresUrl(context) });
  const stack = opened.use(openDatabaseStack(context));
  const resources = opened.move();
  return { ...stack, programs, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

/** Starts PostgreSQL and its proxy in a temporary folder. The database has no schema. */
export async function startDatabaseServers(): Promise<
  AsyncDisposable & { context: StackContext; programs: DatabasePrograms }
> {
  await using opened = new AsyncDisposableStack();
  const folder = stateFolder(opened.use(await temporaryFolder()).path);
  await prepareStateFolder(folder);
  opened.use(killStraysAtExit(folder));
  opened.defer(() => wipePostgres(folder));
  const context: StackContext = {
    folder,
    keys: await makeKeys(folder.keysFile),
    ports: (await choosePorts(FREE_PORTS)).ports,
    database: "postgres",
    certificates: await keepCertificates(folder.certificates),
    durable: false,
    // Never aborts. Tests may restart the servers at any time, and each start has its own time
    // limit.
    signal: new AbortController().signal,
  };
  const postgres = opened.use(await startPostgres(context));
  const databaseProxy = opened.use(await startDatabaseProxy(context));
  const resources = opened.move();
  return {
    context,
    programs: { postgres, databaseProxy },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** The PostgreSQL and the proxy that all test files of a test run share. */
export interface SharedDatabase {
  keysFile: string;
  certificates: Certificates;
  ports: Pick<Ports, "postgres" | "database_proxy">;
  /**
   * The name of a database that has the schema. PostgreSQL can copy it only while no client is
   * connected to it.
   */
  template: string;
}

/** Creates a database on the shared PostgreSQL, and a folder for other servers of the stack. */
export async function newSharedDatabase(shared: SharedDatabase): Promise<DatabaseStack> {
  await using opened = new AsyncDisposableStack();
  const folder = stateFolder(opened.use(await temporaryFolder()).path);
  await prepareStateFolder(folder);
  const ports = (await choosePorts(FREE_PORTS)).ports;
  const database = `test_${randomUUID().replaceAll("-", "")}`;
  const context = await sharedContext(shared, { folder, ports, database });
  await renewDatabase(shared, context);
  const stack = opened.use(openDatabaseStack(context));
  const resources = opened.move();
  return { ...stack, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

/** Creates the context of a stack that uses the shared PostgreSQL. */
export async function sharedContext(
  { keysFile, certificates, ports: { postgres, database_proxy } }: SharedDatabase,
  own: Pick<StackContext, "folder" | "ports" | "database">,
): Promise<StackContext> {
  const keys = await readKeys(keysFile);
  if (!keys) throw new Error(`Cannot use the PostgreSQL of the run: no keys in ${keysFile}`);
  return {
    ...own,
    ports: { ...own.ports, postgres, database_proxy },
    keys,
    certificates,
    durable: false,
    signal: new AbortController().signal,
  };
}

/** Creates or replaces the database of a stack. It has the schema, but no rows of a test. */
export async function renewDatabase(
  { template }: SharedDatabase,
  context: StackContext,
): Promise<void> {
  const client = new pg.Client(postgresUrl({ ...context, database: "postgres" }));
  await client.connect();
  await client.query(`drop database if exists ${context.database} with (force)`);
  await client.query(`create database ${context.database} template ${template}`);
  await client.end();
}

/** Connects to an existing database. */
export function openDatabaseStack(context: StackContext): DatabaseStack {
  const { keys } = context;
  const address = { url: postgresUrl(context), proxy: databaseProxyAddress(context) };
  const { db, ...database } = openTcpDatabase({ ...address, maxConnections: 10 });
  const partner = partnerVault(v.parse(partnerKeys, keys.partner_keys));
  const mailbox = {
    ...mailboxSealer(v.parse(mailboxPublicKeys, keys.mailbox_public_keys)),
    ...mailboxOpener(v.parse(mailboxPrivateKeys, keys.mailbox_private_keys)),
  };
  return {
    context,
    db,
    address,
    vaults: { mailbox, partner },
    newPartner: (settings) => createPartner(db, partner, { name: "Test", ...settings }),
    ...database,
  };
}
