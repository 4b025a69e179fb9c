import { createHash } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runInDebianView } from "../../../../dev/debian/debian-view.ts";
import { giveTo } from "../../../../dev/servers/postgres-home.ts";
import type { CourierHome } from "./courier-home.ts";

/**
 * Writes a database from lines with a key, a tab and a value. A line with only a full stop ends the
 * input.
 */
const MAKEDAT = "/usr/lib/courier/courier-authlib/makedatprog";

/**
 * Writes Courier's user databases.
 *
 * @param passwords The password of each login.
 */
export async function writeCourierUsers(
  home: CourierHome,
  passwords: ReadonlyMap<string, string>,
): Promise<void> {
  const uid = home.identity?.uid ?? process.getuid?.();
  const gid = home.identity?.gid ?? process.getgid?.();
  const logins = [...passwords];
  // `userdbshadow` must come first: each user in `userdb` must already have a password.
  await writeDatabase(
    home,
    "userdbshadow",
    logins.map(([login, password]) => [login, `imappw=${hashed(password)}`]),
  );
  await writeDatabase(
    home,
    "userdb",
    logins.map(([login]) => [login, `uid=${uid}|gid=${gid}|home=${toUserHome(home, login)}`]),
  );
}

export const toUserHome = ({ path }: CourierHome, login: string) => join(path, "mail", login);

async function writeDatabase(
  { config, identity, view }: CourierHome,
  name: string,
  entries: readonly (readonly [key: string, value: string])[],
) {
  const place = (end: string) => join(config, `${name}.${end}`);
  const lines = entries.map(([key, value]) => `${key}\t${value}\n`).join("");
  await writeFile(place("lines"), `${lines}.\n`, { mode: 0o600 });
  await giveTo(identity, place("lines"));
  await runInDebianView(view, [MAKEDAT, place("lines"), place("draft"), place("made")]);
  await rename(place("made"), place("dat"));
}

/** Returns a SHA-1 hash of the password, in the notation of Courier's authlib. */
const hashed = (password: string) => `{SHA}${createHash("sha1").update(password).digest("base64")}`;
