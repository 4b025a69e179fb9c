import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { runCommand } from "./run-command.ts";

const PACKAGES = ["dovecot-imapd", "dovecot-lmtpd"];
const PROGRAMS = ["/usr/sbin/dovecot", "/usr/lib/dovecot/imap", "/usr/lib/dovecot/lmtp"];
/** Debian asks this script whether an installation may start its service. */
const POLICY = "/usr/sbin/policy-rc.d";
const FORBIDDEN = 101;

const isThere = () => PROGRAMS.every((file) => existsSync(file));

/** Whether Dovecot is there; installs it where that can be done. Its own service is never started. */
export async function ensureDovecot(): Promise<boolean> {
  if (isThere()) return true;
  if (process.getuid?.() !== 0 || spawnSync("apt-get", ["--version"]).status !== 0) return false;
  const policy = `#!/bin/sh\nexit ${FORBIDDEN}\n`;
  const isOurs = await writeFile(POLICY, policy, { flag: "wx", mode: 0o755 }).then(
    () => true,
    () => false,
  );
  try {
    await install();
    return isThere();
  } catch {
    return false;
  } finally {
    if (isOurs) await rm(POLICY);
  }
}

async function install(): Promise<void> {
  const args = ["install", "--yes", "--no-install-recommends", ...PACKAGES];
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  try {
    await runCommand("apt-get", { args, env });
  } catch {
    // On a fresh machine the lists of packages are missing or old.
    await runCommand("apt-get", { args: ["update"], env });
    await runCommand("apt-get", { args, env });
  }
}
