import * as v from "valibot";
import { type Db, openDatabase } from "../../db/client.ts";
import { migrate } from "../../db/migrate.ts";
import { type CreatedPartner, createPartner, type NewPartner } from "../../db/partners.ts";
import { keepCertificates } from "../../dev/certificates.ts";
import { databaseProxyAddress, startDatabaseProxy } from "../../dev/database-proxy.ts";
import { keepKeys } from "../../dev/keys.ts";
import { natsUrl, startNats } from "../../dev/nats-server.ts";
import { choosePorts, FREE_PORTS } from "../../dev/ports.ts";
import { wipePostgres } from "../../dev/postgres-home.ts";
import { postgresUrl, startPostgres } from "../../dev/postgres.ts";
import type { Program } from "../../dev/program.ts";
import type { StackContext } from "../../dev/stack-context.ts";
import { prepareStateFolder, stateFolder } from "../../dev/state-folder.ts";
import { temporaryFolder } from "../../dev/temporary-folder.ts";
import { type Bus, connectBus } from "../../fleet/bus/bus.ts";
import { systemClock } from "../../shared/clock.ts";
import {
  mailboxOpener,
  mailboxPrivateKeys,
  mailboxPublicKeys,
  mailboxSealer,
  type Opener,
  partnerKeys,
  partnerVault,
  type Sealer,
} from "../../shared/vault.ts";
import { newTestLog, type TestLog } from "./test-log.ts";

const MIB = 1_024 * 1_024;
const SIZES = {
  eventsBytes: 64 * MIB,
  bodiesBytes: 256 * MIB,
  deadBytes: 64 * MIB,
  attemptsBytes: 64 * MIB,
};

/** All that the fleet talks to but IMAP servers: PostgreSQL, its proxy and NATS, and no fleet. */
export interface FleetStack extends AsyncDisposable {
  db: Db;
  databaseUrl: string;
  databaseProxy: string;
  natsUrl: string;
  bus: Bus;
  vaults: { mailbox: Sealer & Opener; partner: Sealer & Opener };
  /** Log lines of all that runs with it. */
  log: TestLog;
  /** They can be stopped and started again. */
  programs: { postgres: Program; databaseProxy: Program; nats: Program };
  newPartner(settings?: Partial<NewPartner>): Promise<CreatedPartner>;
}

export async function startFleetStack(): Promise<FleetStack> {
  await using opened = new AsyncDisposableStack();
  const folder = stateFolder(opened.use(await temporaryFolder()).path);
  await prepareStateFolder(folder);
  opened.defer(() => wipePostgres(folder));
  const keys = await keepKeys(folder.keysFile);
  const context: StackContext = {
    folder,
    keys,
    ports: (await choosePorts(FREE_PORTS)).ports,
    certificates: await keepCertificates(folder.certificates),
    durable: false,
    // Tests start them again at any time; each start has a time limit of its own.
    signal: new AbortController().signal,
  };
  const nats = opened.use(await startNats(context));
  const postgres = opened.use(await startPostgres(context));
  const databaseProxy = opened.use(await startDatabaseProxy(context));
  const address = { url: postgresUrl(context), proxy: databaseProxyAddress(context) };
  await migrate(address);
  const { db } = opened.use(openDatabase({ ...address, maxConnections: 10 }));

  const log = newTestLog();
  const busOptions = { url: natsUrl(context), name: "test", sizes: SIZES };
  const bus = opened.use(await connectBus({ clock: systemClock, log }, busOptions, context.signal));
  const partner = partnerVault(v.parse(partnerKeys, keys.partner_keys));
  const mailbox = {
    ...mailboxSealer(v.parse(mailboxPublicKeys, keys.mailbox_public_keys)),
    ...mailboxOpener(v.parse(mailboxPrivateKeys, keys.mailbox_private_keys)),
  };
  const resources = opened.move();
  return {
    db,
    databaseUrl: address.url,
    databaseProxy: address.proxy,
    natsUrl: busOptions.url,
    bus,
    vaults: { mailbox, partner },
    log,
    programs: { postgres, databaseProxy, nats },
    newPartner: (settings) => createPartner(db, partner, { name: "Test", ...settings }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
