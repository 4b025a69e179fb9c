import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { giveTo } from "../../../../dev/servers/postgres-home.ts";
import type { ProcessIdentity } from "../../../../dev/processes/program.ts";

/**
 * Creates the folder `home` with an empty Maildir in it. All folders belong to the user `identity`.
 * Returns the path of the Maildir.
 */
export async function makeMaildir(
  home: string,
  identity: ProcessIdentity | undefined,
): Promise<string> {
  const path = join(home, "Maildir");
  for (const folder of [home, path, ...["tmp", "new", "cur"].map((name) => join(path, name))]) {
    await mkdir(folder);
    await giveTo(identity, folder);
  }
  return path;
}

let delivered = 0;

/** Delivers a mail into a Maildir. The names of the files sort in the order of the calls. */
export async function deliverToMaildir(
  path: string,
  identity: ProcessIdentity | undefined,
  raw: Uint8Array | string,
): Promise<void> {
  const seconds = Math.floor(Date.now() / 1_000);
  const name = `${seconds}.M${String(++delivered).padStart(9, "0")}.localhost`;
  const draft = join(path, "tmp", name);
  await writeFile(draft, raw);
  await giveTo(identity, draft);
  await rename(draft, join(path, "new", name));
}

/** Deletes all mail from a Maildir. */
export async function emptyMaildir(path: string): Promise<void> {
  for (const folder of ["new", "cur"].map((name) => join(path, name))) {
    for (const name of await readdir(folder)) await rm(join(folder, name));
  }
}

/**
 * The file with Courier's UIDs. The first line has a version, UIDVALIDITY and the next UID. Each
 * further line is for one mail.
 */
const UIDS = "courierimapuiddb";

/** Makes Courier give all mail new UIDs, which begin at 1. Returns the new UIDVALIDITY. */
export async function resetCourierUids(
  path: string,
  identity: ProcessIdentity | undefined,
): Promise<number> {
  const file = join(path, UIDS);
  const found = await readFile(file, "utf8").catch(() => "");
  const before = Number(found.split(" ")[1] ?? Math.floor(Date.now() / 1_000));
  const uidValidity = before + 1;
  await writeFile(`${file}.draft`, `1 ${uidValidity} 1\n`);
  await chmod(`${file}.draft`, 0o644);
  await giveTo(identity, `${file}.draft`);
  await rename(`${file}.draft`, file);
  return uidValidity;
}
