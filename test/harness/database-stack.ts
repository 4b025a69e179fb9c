import * as v from "valibot";
import { type Db, openDatabase } from "../../db/client.ts";
import { migrate } from "../../db/migrate.ts";
import { type CreatedPartner, createPartner, type NewPartner } from "../../db/partners.ts";
import { keepCertificates } from "../../dev/certificates.ts";
import { databaseProxyAddress, startDatabaseProxy } from "../../dev/database-proxy.ts";
import { makeKeys } from "../../dev/keys.ts";
import { choosePorts, FREE_PORTS } from "../../dev/ports.ts";
import { wipePostgres } from "../../dev/postgres-home.ts";
import { postgresUrl, startPostgres } from "../../dev/postgres.ts";
import type { Program } from "../../dev/program.ts";
import type { StackContext } from "../../dev/stack-context.ts";
import { prepareStateFolder, stateFolder } from "../../dev/state-folder.ts";
import { temporaryFolder } from "../../dev/temporary-folder.ts";
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

/** PostgreSQL with the schema, its proxy and a set of keys, in a temporary folder: what every stack stands on. */
export interface DatabaseStack extends AsyncDisposable {
  context: StackContext;
  db: Db;
  address: { url: string; proxy: string };
  /** Of both rings, all that there is: what edge and fleet hold together. */
  vaults: { mailbox: Sealer & Opener; partner: Sealer & Opener };
  /** They can be stopped and started again. */
  programs: { postgres: Program; databaseProxy: Program };
  newPartner(settings?: Partial<NewPartner>): Promise<CreatedPartner>;
}

export async function startDatabaseStack(): Promise<DatabaseStack> {
  await using opened = new AsyncDisposableStack();
  const folder = stateFolder(opened.use(await temporaryFolder()).path);
  await prepareStateFolder(folder);
  opened.defer(() => wipePostgres(folder));
  const keys = await makeKeys(folder.keysFile);
  const context: StackContext = {
    folder,
    keys,
    ports: (await choosePorts(FREE_PORTS)).ports,
    certificates: await keepCertificates(folder.certificates),
    durable: false,
    // Tests start programs again at any time; each start has a time limit of its own.
    signal: new AbortController().signal,
  };
  const postgres = opened.use(await startPostgres(context));
  const databaseProxy = opened.use(await startDatabaseProxy(context));
  const address = { url: postgresUrl(context), proxy: databaseProxyAddress(context) };
  await migrate(address);
  const { db } = opened.use(openDatabase({ ...address, maxConnections: 10 }));
  const partner = partnerVault(v.parse(partnerKeys, keys.partner_keys));
  const mailbox = {
    ...mailboxSealer(v.parse(mailboxPublicKeys, keys.mailbox_public_keys)),
    ...mailboxOpener(v.parse(mailboxPrivateKeys, keys.mailbox_private_keys)),
  };
  const resources = opened.move();
  return {
    context,
    db,
    address,
    vaults: { mailbox, partner },
    programs: { postgres, databaseProxy },
    newPartner: (settings) => createPartner(db, partner, { name: "Test", ...settings }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
