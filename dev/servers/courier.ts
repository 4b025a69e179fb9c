import { existsSync } from "node:fs";
import { join } from "node:path";
import { debianRoot, unpackDebianRoot } from "../debian/debian-root.ts";
import { canView } from "../debian/debian-view.ts";

const COURIER = { name: "courier", packages: ["courier-imap", "courier-authlib-userdb", "gamin"] };

/** The folder where Courier is unpacked. */
export const COURIER_ROOT = debianRoot(COURIER);

const isThere = () => existsSync(join(COURIER_ROOT, "usr", "bin", "imapd"));

/** Unpacks Courier if it is missing. Returns whether it can run on this machine. */
export async function ensureCourier(): Promise<boolean> {
  if (!isThere()) await unpackDebianRoot(COURIER);
  return isThere() && (await canView(COURIER_ROOT));
}
