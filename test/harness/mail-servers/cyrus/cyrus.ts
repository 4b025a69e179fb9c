import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Certificates } from "../../../../dev/stack/certificates.ts";
import { runInDebianView } from "../../../../dev/debian/debian-view.ts";
import { claimPort, HOST, isFree } from "../../../../dev/processes/free-port.ts";
import { prepareStateFolder, stateFolder } from "../../../../dev/stack/state-folder.ts";
import { killStraysAtExit } from "../../../../dev/stack/strays.ts";
import { temporaryFolder } from "../../../../dev/processes/temporary-folder.ts";
import { CYRUS_ADMIN, CYRUS_REALM } from "./cyrus-config.ts";
import { type CyrusHome, prepareCyrusHome } from "./cyrus-home.ts";
import { renumberMailbox } from "./cyrus-renumber.ts";
import { endProcesses, findProcesses, type FoundProcess } from "../find-processes.ts";
import { openLmtp } from "../lmtp.ts";
import type { MailAccount, MailServer } from "../mail-server.ts";
import { startInView } from "../start-in-view.ts";

/** True if the tests that need Cyrus are skipped. In CI, they are never skipped. */
export const isCyrusMissing =
  process.env["CYRUS"] === "unavailable" && process.env["CI"] !== "true";

/** Starts a Cyrus server on free ports, in a folder of its own. */
export async function startCyrus(certificates: Certificates): Promise<MailServer> {
  await using opened = new AsyncDisposableStack();
  const folder = stateFolder(opened.use(await temporaryFolder()).path);
  await prepareStateFolder(folder);
  opened.use(killStraysAtExit(folder));
  const ports = { imap: await claimPort(), imaps: await claimPort(), lmtp: await claimPort() };
  const home = await prepareCyrusHome(join(folder.root, "cyrus"), ports, certificates);
  opened.use(
    await startInView({
      name: "cyrus",
      folder,
      view: home.view,
      command: ["/usr/lib/cyrus/bin/master", "-p", "/run/master.pid"],
      cwd: home.path,
      isReady: async () => !(await Promise.all(Object.values(ports).map(isFree))).includes(true),
    }),
  );
  const lmtp = opened.use(openLmtp(ports.lmtp));
  const owned = opened.move();
  /** The accounts by mail address. */
  const accounts = new Map<string, MailAccount>();
  const passwords = new Map<string, string>();
  const mustFindAccount = (address: string) => {
    const account = accounts.get(address);
    if (account === undefined) throw new Error(`No account has the address ${address}`);
    return account;
  };
  /**
   * Finds the processes that serve this login. Each connection has its own imapd process, which
   * writes the login into a file. An imapd without a connection has no such file.
   */
  const findConnections = async (login: string) => {
    const found: FoundProcess[] = [];
    for (const imapd of await findProcesses("imapd", home.path)) {
      const note = await readFile(join(home.notes, String(imapd.innerPid)), "utf8").catch(() => "");
      if (note.split("\t")[2] === login) found.push(imapd);
    }
    return found;
  };
  const setPassword = async (login: string, password: string) => {
    passwords.set(login, password);
    await writePassword(home, login, password);
  };
  const adminPassword = randomUUID();
  await setPassword(CYRUS_ADMIN, adminPassword);
  const server: MailServer = {
    host: HOST,
    port: ports.imap,
    tlsPort: ports.imaps,
    async addAccount(account) {
      accounts.set(account.address, account);
      await setPassword(account.login, account.password);
    },
    setPassword,
    deliver: async (address, raw) => lmtp.deliver(mustFindAccount(address).login, raw),
    async resetUidValidity(address) {
      const account = mustFindAccount(address);
      const password = passwords.get(account.login) ?? account.password;
      return await renumberMailbox(server, { ...account, password }, adminPassword);
    },
    disconnect: async (login) => endProcesses(await findConnections(login)),
    connectionCount: async (login) => (await findConnections(login)).length,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
  return server;
}

async function writePassword({ view, passwordFile }: CyrusHome, login: string, password: string) {
  const script = 'printf %s "$1" | saslpasswd2 -p -c -f "$2" -u "$3" "$4"';
  const args = [password, passwordFile, CYRUS_REALM, login];
  await runInDebianView(view, ["sh", "-c", script, "sh", ...args]);
}
