import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** The files and folders of a stack, by default in `.dev/`. */
export interface StateFolder {
  root: string;
  logs: string;
  /**
   * A folder with one file per running process. With it, leftover processes are found after a
   * crash.
   */
  run: string;
  postgres: string;
  nats: string;
  mail: string;
  oauth: string;
  certificates: string;
  keysFile: string;
  partnerFile: string;
  stackFile: string;
  lockFile: string;
}

export const stateFolder = (root: string): StateFolder => ({
  root,
  logs: join(root, "logs"),
  run: join(root, "run"),
  postgres: join(root, "postgres"),
  nats: join(root, "nats"),
  mail: join(root, "mail"),
  oauth: join(root, "oauth"),
  certificates: join(root, "certificates"),
  keysFile: join(root, "keys.json"),
  partnerFile: join(root, "partner.json"),
  stackFile: join(root, "stack.json"),
  lockFile: join(root, "lock.json"),
});

/** Creates the folders that every start needs, and deletes old logs. */
export async function prepareStateFolder(folder: StateFolder): Promise<void> {
  await rm(folder.logs, { recursive: true, force: true });
  for (const path of [folder.logs, folder.run, folder.nats, folder.mail, folder.oauth]) {
    await mkdir(path, { recursive: true });
  }
}

/**
 * Deletes the files of the stack, such as data, keys and logs. Keeps the lock, and other files in
 * the folder, such as downloaded programs.
 */
export async function wipeStateFolder(folder: StateFolder): Promise<void> {
  const { root: _root, lockFile: _lockFile, ...contents } = folder;
  for (const path of Object.values(contents)) await rm(path, { recursive: true, force: true });
}
