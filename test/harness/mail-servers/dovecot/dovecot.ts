import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Certificates } from "../../../../dev/stack/certificates.ts";
import { claimPort, HOST } from "../../../../dev/processes/free-port.ts";
import { giveTo } from "../../../../dev/servers/postgres-home.ts";
import { Program } from "../../../../dev/processes/program.ts";
import { runCommand } from "../../../../dev/processes/run-command.ts";
import { prepareStateFolder, stateFolder } from "../../../../dev/stack/state-folder.ts";
import { killStraysAtExit } from "../../../../dev/stack/strays.ts";
import { temporaryFolder } from "../../../../dev/processes/temporary-folder.ts";
import type { DovecotOauth } from "./dovecot-config.ts";
import { type DovecotHome, prepareDovecotHome } from "./dovecot-home.ts";
import { openLmtp } from "../lmtp.ts";
import type { MailServer } from "../mail-server.ts";

/** DOVECOT and DOVEADM are in Debian's packages dovecot-imapd and dovecot-lmtpd. */
const DOVECOT = "/usr/sbin/dovecot";
const DOVEADM = "/usr/bin/doveadm";
const START_TIMEOUT_MS = 60_000;

/** True if the tests that need Dovecot are skipped. In CI, they are never skipped. */
export const isDovecotMissing =
  process.env["DOVECOT"] === "unavailable" && process.env["CI"] !== "true";

export interface DovecotOptions {
  /**
   * The authorization server whose access tokens Dovecot accepts with XOAUTH2 and OAUTHBEARER. The
   * login must be the e-mail address in the token.
   */
  oauth?: DovecotOauth;
}

/**
 * Starts a Dovecot server on free ports, in a folder of its own. It does not affect a Dovecot that
 * the system runs.
 */
export async function startDovecot(
  certificates: Certificates,
  { oauth }: DovecotOptions = {},
): Promise<MailServer> {
  await using opened = new AsyncDisposableStack();
  const folder = stateFolder(opened.use(await temporaryFolder()).path);
  await prepareStateFolder(folder);
  opened.use(killStraysAtExit(folder));
  const ports = { imap: await claimPort(), imaps: await claimPort(), lmtp: await claimPort() };
  const home = await prepareDovecotHome(join(folder.root, "dovecot"), ports, certificates, oauth);
  const { path, configFile, identity } = home;
  opened.use(
    await Program.start({
      name: "dovecot",
      folder,
      command: DOVECOT,
      args: ["-F", "-c", configFile],
      cwd: path,
      identity,
      isReady: (output) => output.includes("starting up for imap, lmtp"),
      signal: AbortSignal.timeout(START_TIMEOUT_MS),
    }),
  );
  const lmtp = opened.use(openLmtp(ports.lmtp));
  const owned = opened.move();
  const logins = new Map<string, string>();
  const mustFindLogin = (address: string) => {
    const login = logins.get(address);
    if (login === undefined) throw new Error(`No account has the address ${address}`);
    return login;
  };
  return {
    host: HOST,
    port: ports.imap,
    tlsPort: ports.imaps,
    async addAccount({ login, password, address }) {
      logins.set(address, login);
      await writePassword(home, login, password);
    },
    setPassword: (login, password) => writePassword(home, login, password),
    deliver: async (address, raw) => lmtp.deliver(mustFindLogin(address), raw),
    async resetUidValidity(address) {
      const user = ["-u", mustFindLogin(address)];
      const status = await doveadm(home, "mailbox", "status", ...user, "uidvalidity", "INBOX");
      const uidValidity = Number(/uidvalidity=(\d+)/.exec(status)?.[1]) + 1;
      const change = ["--uid-validity", String(uidValidity)];
      await doveadm(home, "mailbox", "update", ...user, ...change, "INBOX");
      return uidValidity;
    },
    async disconnect(login) {
      await doveadm(home, "kick", login);
    },
    async connectionCount(login) {
      // The output has one line per connection, and the line contains the login.
      const lines = (await doveadm(home, "-f", "flow", "who", "-1", login)).split("\n");
      return lines.filter((line) => line.includes(`username=${login} `)).length;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Replaces the file atomically, because Dovecot may read it at any time. */
async function writePassword({ path, identity }: DovecotHome, login: string, password: string) {
  const file = join(path, "accounts", login);
  await writeFile(`${file}.draft`, JSON.stringify({ password }), { mode: 0o600 });
  await giveTo(identity, `${file}.draft`);
  await rename(`${file}.draft`, file);
}

function doveadm({ path, configFile, identity }: DovecotHome, ...args: string[]) {
  return runCommand(DOVEADM, { args: ["-c", configFile, ...args], cwd: path, identity });
}
