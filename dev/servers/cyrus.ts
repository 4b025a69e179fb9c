import { existsSync } from "node:fs";
import { join } from "node:path";
import { debianRoot, unpackDebianRoot } from "../debian/debian-root.ts";
import { canView } from "../debian/debian-view.ts";

const CYRUS = { name: "cyrus", packages: ["cyrus-imapd", "sasl2-bin"] };

/** The folder where Cyrus is unpacked. */
export const CYRUS_ROOT = debianRoot(CYRUS);

const isThere = () => existsSync(join(CYRUS_ROOT, "usr", "lib", "cyrus", "bin", "imapd"));

/** Unpacks Cyrus if it is missing. Returns whether it can run on this machine. */
export async function ensureCyrus(): Promise<boolean> {
  if (!isThere()) await unpackDebianRoot(CYRUS);
  return isThere() && (await canView(CYRUS_ROOT));
}
