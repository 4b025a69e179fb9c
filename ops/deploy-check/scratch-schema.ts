import { dumpSchema } from "../../db/dump-schema.ts";
import { migrate } from "../../db/migrate.ts";
import { openTcpDatabase } from "../../db/drivers/tcp-database.ts";
import { keepCertificates } from "../../dev/stack/certificates.ts";
import { makeKeys } from "../../dev/stack/keys.ts";
import { choosePorts, FREE_PORTS } from "../../dev/stack/ports.ts";
import { wipePostgres } from "../../dev/servers/postgres-home.ts";
import { postgresUrl, startPostgres } from "../../dev/servers/postgres.ts";
import { prepareStateFolder, stateFolder } from "../../dev/stack/state-folder.ts";
import { temporaryFolder } from "../../dev/processes/temporary-folder.ts";

/** Returns the schema that these migrations create in a temporary PostgreSQL. */
export async function scratchSchema(migrations: readonly string[]): Promise<string> {
  await using opened = new AsyncDisposableStack();
  const folder = stateFolder(opened.use(await temporaryFolder()).path);
  await prepareStateFolder(folder);
  opened.defer(() => wipePostgres(folder));
  const context = {
    folder,
    keys: await makeKeys(folder.keysFile),
    ports: (await choosePorts(FREE_PORTS)).ports,
    database: "postgres",
    certificates: await keepCertificates(folder.certificates),
    durable: false,
    signal: new AbortController().signal,
  };
  opened.use(await startPostgres(context));
  const address = { url: postgresUrl(context) };
  await migrate(address, migrations);
  const { db } = opened.use(openTcpDatabase({ ...address, maxConnections: 1 }));
  return await dumpSchema(db);
}
