import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Certificates } from "../../../../dev/stack/certificates.ts";
import { CYRUS_ROOT } from "../../../../dev/servers/cyrus.ts";
import type { DebianView } from "../../../../dev/debian/debian-view.ts";
import { giveTo } from "../../../../dev/servers/postgres-home.ts";
import type { ProcessIdentity } from "../../../../dev/processes/program.ts";
import { runCommand } from "../../../../dev/processes/run-command.ts";
import { unprivilegedIdentity } from "../../../../dev/servers/unprivileged-identity.ts";
import { imapdConf, servicesConf } from "./cyrus-config.ts";

/** The files of one Cyrus server, and the user that runs it. */
export interface CyrusHome {
  path: string;
  identity: ProcessIdentity | undefined;
  view: DebianView;
  passwordFile: string;
  /**
   * A folder with one file for each process that serves a client. The file name is the process id.
   */
  notes: string;
}

interface CyrusPorts {
  imap: number;
  imaps: number;
  lmtp: number;
}

export async function prepareCyrusHome(
  path: string,
  ports: CyrusPorts,
  certificates: Certificates,
): Promise<CyrusHome> {
  const identity = await unprivilegedIdentity();
  const place = (name: string) => join(path, name);
  for (const folder of ["", "etc", "run", "config", "config/proc", "config/socket", "mail"]) {
    await mkdir(place(folder));
    await giveTo(identity, place(folder));
  }
  const [certificateFile, keyFile] = [place("server.pem"), place("server.key")];
  await copyFile(certificates.certificateFile, certificateFile);
  await copyFile(certificates.keyFile, keyFile);
  await giveTo(identity, keyFile);
  const user = (await runCommand("id", { args: ["-un"], identity, cwd: "/" })).trim();
  const passwordFile = place("sasldb2");
  const config = { path, user, certificateFile, keyFile, passwordFile };
  await writeFile(place("etc/imapd.conf"), imapdConf(config));
  await writeFile(place("etc/cyrus.conf"), servicesConf(ports));
  const view = { root: CYRUS_ROOT, etc: place("etc"), run: place("run"), binds: [], identity };
  return { path, identity, view, passwordFile, notes: place("config/proc") };
}
