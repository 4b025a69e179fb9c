import { mkdir } from "node:fs/promises";
import { migrate } from "../../db/migrate.ts";
import { startDemoAuthorizationServer } from "../servers/authorization-server.ts";
import { keepCertificates } from "./certificates.ts";
import { startDatabaseProxy } from "../servers/database-proxy.ts";
import { defaultEdgePlatform, type EdgePlatform, startEdge } from "../servers/edge.ts";
import { startFleet } from "../servers/fleet.ts";
import type { Runtime } from "../servers/runtime.ts";
import { type DemoUser, keepKeys, type Keys, readKeys } from "./keys.ts";
import { takeLock } from "./lock.ts";
import { startMailServer } from "../servers/mail-server.ts";
import { startNats } from "../servers/nats-server.ts";
import { choosePorts, FREE_PORTS, type Ports } from "./ports.ts";
import { postgresUrl, startPostgres } from "../servers/postgres.ts";
import { wipePostgres } from "../servers/postgres-home.ts";
import type { Program } from "../processes/program.ts";
import { type Progress, silentProgress } from "../terminal/progress.ts";
import { seedPartner } from "../seed/seed.ts";
import { seedAdmin } from "../seed/seed-admin.ts";
import { seedUsers } from "../seed/seed-users.ts";
import { type Sink, startSink } from "../sink/sink.ts";
import { toStackAddresses } from "./stack-addresses.ts";
import type { StackContext } from "./stack-context.ts";
import { removeStackFile, type StackAddresses, writeStackFile } from "./stack-file.ts";
import { prepareStateFolder, stateFolder, wipeStateFolder } from "./state-folder.ts";
import { killStraysAtExit, stopStrays } from "./strays.ts";
import { temporaryFolder } from "../processes/temporary-folder.ts";

export interface StackOptions {
  /** The folder for the data. Undefined means a temporary folder that is removed with the stack. */
  directory?: string;
  /** Whether to delete existing data. */
  fresh?: boolean;
  /**
   * The wanted ports. A port that is not free is replaced by another. Undefined means any free
   * ports.
   */
  ports?: Ports;
  /** The runtime of the fleet. */
  runtime?: Runtime;
  /** What the edge runs on. The default is what the environment variable `EDGE` names. */
  edge?: EdgePlatform | undefined;
  /** More accounts on the mail server. They are not registered as users. */
  accounts?: readonly DemoUser[];
  /** More settings of the fleet, such as RETRY_SCHEDULE. */
  fleetEnv?: Readonly<Record<string, string>>;
  progress?: Progress;
  /** Aborts the start of the stack. */
  signal?: AbortSignal;
}

export interface Stack extends AsyncDisposable {
  addresses: StackAddresses;
  sink: Sink;
  keys: Keys;
  /** Each program can be stopped, killed and restarted while the others run. */
  programs: Record<ProgramName, Program>;
  /** Resolves when a program ends although nobody stopped it. */
  broken: Promise<Error>;
}

type ProgramName =
  | "postgres"
  | "databaseProxy"
  | "nats"
  | "authorizationServer"
  | "mailServer"
  | "edge"
  | "fleet";

type Open = <T extends AsyncDisposable>(title: string, start: () => Promise<T>) => Promise<T>;

/**
 * Starts every part of the stack. Resolves when the stack can receive and deliver mail. Disposing
 * of the stack stops the parts in reverse order.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { progress = silentProgress, runtime = "bun", fleetEnv: env = {} } = options;
  const platform = options.edge ?? defaultEdgePlatform();
  await using opened = new AsyncDisposableStack();
  const open: Open = (title, start) => progress.step(title, async () => opened.use(await start()));

  const failing = new AbortController();
  const signal = AbortSignal.any([failing.signal, ...(options.signal ? [options.signal] : [])]);
  const context = await prepare({ ...options, progress, signal }, opened);

  const [sink, database, nats, authorizationServer, mailServer, edge] = await openAll(
    [
      open("Webhook sink", () => startSink(context.ports.sink)),
      openDatabase(context, open, progress),
      open("NATS", () => startNats(context)),
      open("Authorization server", () => startDemoAuthorizationServer(context)),
      open("IMAP and SMTP server", () => startMailServer(context, options.accounts)),
      open(`Edge (${platform})`, () => startEdge(context, { platform })),
    ],
    (reason) => failing.abort(reason),
  );
  const partner = await progress.step("Demo partner", () => seedPartner(context, sink.url));
  sink.trust(partner);
  await progress.step("First admin", () => seedAdmin(context));
  const fleet = await open(`Fleet (${runtime})`, () => startFleet(context, { runtime, env }));
  const programs = { ...database, nats, authorizationServer, mailServer, edge, fleet };
  const addresses = toStackAddresses(context, { partner, sinkUrl: sink.url, programs });
  await progress.step("Demo users", () => seedUsers(addresses.edge, partner.api_key, context.keys));
  await writeStackFile(context.folder.stackFile, addresses);
  opened.defer(() => removeStackFile(context.folder.stackFile));

  const owned = opened.move();
  return {
    addresses,
    sink,
    keys: context.keys,
    programs,
    broken: Promise.race(Object.values(programs).map((program) => program.died)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

interface Preparation extends StackOptions {
  progress: Progress;
  signal: AbortSignal;
}

/**
 * Locks the folder, cleans up after an earlier stack, chooses the ports, and reads or creates the
 * keys.
 */
async function prepare(options: Preparation, opened: AsyncDisposableStack): Promise<StackContext> {
  const { progress, signal } = options;
  const folder = stateFolder(options.directory ?? opened.use(await temporaryFolder()).path);
  await mkdir(folder.root, { recursive: true });
  opened.use(await takeLock(folder.lockFile));
  opened.use(killStraysAtExit(folder));
  const strays = await stopStrays(folder);
  if (strays.length > 0) progress.say(`! Stopped what was left running: ${strays.join(", ")}`);
  await removeStackFile(folder.stackFile);
  const canBeOpened = (await readKeys(folder.keysFile)) !== undefined;
  if (options.fresh || !canBeOpened) {
    await wipePostgres(folder);
    await wipeStateFolder(folder);
  }
  await prepareStateFolder(folder);
  const { ports, moved } = await choosePorts(options.ports ?? FREE_PORTS);
  for (const { name, wanted, used } of moved) {
    progress.say(`! Port ${wanted} (${name}) is taken: using ${used}`);
  }
  const keys = await keepKeys(folder.keysFile);
  const certificates = await keepCertificates(folder.certificates);
  const durable = options.directory !== undefined;
  return { folder, ports, database: "postgres", keys, certificates, durable, signal };
}

async function openDatabase(context: StackContext, open: Open, progress: Progress) {
  const postgres = await open("PostgreSQL", () => startPostgres(context));
  const databaseProxy = await open("Database proxy", () => startDatabaseProxy(context));
  await progress.step("Migrations", () => migrate({ url: postgresUrl(context) }));
  return { postgres, databaseProxy };
}

/**
 * Like Promise.all, but waits until all promises have settled. After a failure, the caller can then
 * clean up everything that was opened.
 *
 * @param onFailure Called at the first failure, to stop the other work.
 */
async function openAll<const T extends readonly Promise<unknown>[]>(
  work: T,
  onFailure: (reason: unknown) => void,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const all = Promise.all(work);
  all.catch(onFailure);
  await Promise.allSettled(work);
  return await all;
}
