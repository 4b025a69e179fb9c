import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Certificates } from "../../../../dev/stack/certificates.ts";
import { giveTo } from "../../../../dev/servers/postgres-home.ts";
import type { ProcessIdentity } from "../../../../dev/processes/program.ts";
import { runCommand } from "../../../../dev/processes/run-command.ts";
import { unprivilegedIdentity } from "../../../../dev/servers/unprivileged-identity.ts";
import { type DovecotOauth, dovecotConfig, oauthConfig, passdbConfig } from "./dovecot-config.ts";

/** The files of one Dovecot server, and the user that runs it. */
export interface DovecotHome {
  path: string;
  configFile: string;
  /** Undefined means the user of this process. */
  identity: ProcessIdentity | undefined;
}

export async function prepareDovecotHome(
  path: string,
  ports: { imap: number; imaps: number; lmtp: number },
  certificates: Certificates,
  oauth: DovecotOauth | undefined,
): Promise<DovecotHome> {
  const identity = await unprivilegedIdentity();
  for (const folder of [path, ...["run", "state", "mail", "accounts"].map((n) => join(path, n))]) {
    await mkdir(folder);
    await giveTo(identity, folder);
  }
  const [certificateFile, keyFile] = [join(path, "server.pem"), join(path, "server.key")];
  await copyFile(certificates.certificateFile, certificateFile);
  await copyFile(certificates.keyFile, keyFile);
  await giveTo(identity, keyFile);

  const configFile = join(path, "dovecot.conf");
  const readId = async (flag: string) =>
    (await runCommand("id", { args: [flag], identity, cwd: "/" })).trim();
  const [user, group] = [await readId("-un"), await readId("-gn")];
  const config = { path, user, group, ports, certificateFile, keyFile, oauth: !!oauth };
  await writeFile(configFile, dovecotConfig(config));
  await writeFile(join(path, "passdb.conf"), passdbConfig(path));
  if (oauth) await writeFile(join(path, "oauth2.conf"), oauthConfig(oauth));
  return { path, configFile, identity };
}
