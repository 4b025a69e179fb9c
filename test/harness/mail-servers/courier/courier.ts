import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Certificates } from "../../../../dev/stack/certificates.ts";
import { claimPort, HOST, isFree } from "../../../../dev/processes/free-port.ts";
import { prepareStateFolder, stateFolder } from "../../../../dev/stack/state-folder.ts";
import { killStraysAtExit } from "../../../../dev/stack/strays.ts";
import { temporaryFolder } from "../../../../dev/processes/temporary-folder.ts";
import { prepareCourierHome } from "./courier-home.ts";
import { toUserHome, writeCourierUsers } from "./courier-users.ts";
import { endProcesses, findProcesses } from "../find-processes.ts";
import type { MailServer } from "../mail-server.ts";
import {
  deliverToMaildir,
  emptyMaildir,
  makeMaildir,
  resetCourierUids,
} from "./courier-maildir.ts";
import { startInView } from "../start-in-view.ts";

/** True if the tests that need Courier are skipped. In CI, they are never skipped. */
export const isCourierMissing =
  process.env["COURIER"] === "unavailable" && process.env["CI"] !== "true";

export interface CourierServer extends MailServer {
  /** Deletes all mail as a POP3 client does: the IMAP sessions are not notified. */
  removeAll(address: string): Promise<void>;
}

/**
 * Starts a Courier server on free ports, in a folder of its own. It waits 5 s before it refuses a
 * wrong password.
 */
export async function startCourier(certificates: Certificates): Promise<CourierServer> {
  await using opened = new AsyncDisposableStack();
  const folder = stateFolder(opened.use(await temporaryFolder()).path);
  await prepareStateFolder(folder);
  opened.use(killStraysAtExit(folder));
  const ports = { imap: await claimPort(), imaps: await claimPort() };
  const home = await prepareCourierHome(join(folder.root, "courier"), ports, certificates);
  const { identity } = home;
  opened.use(
    await startInView({
      name: "courier",
      folder,
      view: home.view,
      command: ["sh", home.startScript],
      cwd: home.path,
      isReady: async () =>
        existsSync(home.loginSocket) && !(await isFree(ports.imap)) && !(await isFree(ports.imaps)),
    }),
  );
  const owned = opened.move();
  const passwords = new Map<string, string>();
  const maildirs = new Map<string, string>();
  const mustFindMaildir = (address: string) => {
    const path = maildirs.get(address);
    if (path === undefined) throw new Error(`No account has the address ${address}`);
    return path;
  };
  const setPassword = async (login: string, password: string) => {
    passwords.set(login, password);
    await writeCourierUsers(home, passwords);
  };
  /**
   * Finds the processes that serve this login. Each connection has its own imapd process, whose
   * working directory is the Maildir of the login.
   */
  const findConnections = (login: string) =>
    findProcesses("imapd", join(toUserHome(home, login), "Maildir"));
  return {
    host: HOST,
    port: ports.imap,
    tlsPort: ports.imaps,
    removeAll: (address) => emptyMaildir(mustFindMaildir(address)),
    async addAccount({ login, password, address }) {
      const maildir = await makeMaildir(toUserHome(home, login), identity);
      maildirs.set(address, maildir);
      await setPassword(login, password);
    },
    setPassword,
    deliver: (address, raw) => deliverToMaildir(mustFindMaildir(address), identity, raw),
    resetUidValidity: (address) => resetCourierUids(mustFindMaildir(address), identity),
    disconnect: async (login) => endProcesses(await findConnections(login)),
    connectionCount: async (login) => (await findConnections(login)).length,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
