import { existsSync } from "node:fs";
import { installDebianPackages } from "../debian/debian-packages.ts";

const PACKAGES = ["dovecot-imapd", "dovecot-lmtpd"];
const PROGRAMS = ["/usr/sbin/dovecot", "/usr/lib/dovecot/imap", "/usr/lib/dovecot/lmtp"];

const isThere = () => PROGRAMS.every((file) => existsSync(file));

/**
 * Installs Dovecot if it is missing and can be installed, without starting its service. Returns
 * whether it is installed.
 */
export async function ensureDovecot(): Promise<boolean> {
  if (!isThere()) await installDebianPackages(PACKAGES);
  return isThere();
}
