import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { unpackedProgram } from "./debian-program.ts";
import { runCommand } from "../processes/run-command.ts";

export interface DebianRoot {
  /** The name of the folder in `.dev/tools/`, without `-root`. */
  name: string;
  packages: readonly string[];
}

/** Returns the folder of the unpacked packages, which contains `usr` and `etc`. */
export const debianRoot = ({ name }: Pick<DebianRoot, "name">) => unpackedProgram(`${name}-root`);

/**
 * Unpacks packages into the checkout, with the dependencies that this system does not have. Needs
 * no root: it installs nothing, and runs no script of a package.
 */
export async function unpackDebianRoot({ name, packages }: DebianRoot): Promise<void> {
  const root = debianRoot({ name });
  const tools = join(root, "..");
  await mkdir(tools, { recursive: true });
  const work = await mkdtemp(join(tools, "unpacking-"));
  try {
    await downloadWithDependencies(packages, work);
    const unpacked = join(work, "unpacked");
    const archives = (await readdir(work)).filter((file) => file.endsWith(".deb"));
    for (const file of archives) {
      await runCommand("dpkg-deb", { args: ["-x", join(work, file), unpacked] });
    }
    await mergeLib(unpacked);
    await rename(unpacked, root).catch((error: unknown) => {
      // Another process may have unpacked the packages meanwhile. Its folder is used.
      if (!existsSync(root)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Downloads the packages and their missing dependencies with apt, as for an installation, but with
 * a separate cache and without a lock.
 */
async function downloadWithDependencies(packages: readonly string[], folder: string) {
  await mkdir(join(folder, "partial"));
  const options = ["Debug::NoLocking=1", `Dir::Cache=${folder}`, `Dir::Cache::archives=${folder}`];
  const args = [
    ...options.flatMap((option) => ["-o", option]),
    ...["--download-only", "--reinstall", "--yes", "--no-install-recommends"],
    ...["install", ...packages],
  ];
  try {
    await runCommand("apt-get", { args });
  } catch (error) {
    if (process.getuid?.() !== 0) throw error;
    // On a fresh machine the package lists are missing or old.
    await runCommand("apt-get", { args: ["update"] });
    await runCommand("apt-get", { args });
  }
}

/**
 * Copies the files of /lib to /usr/lib. In Debian /lib is a link to /usr/lib, but packages of
 * Debian 12 still contain files in /lib.
 */
async function mergeLib(unpacked: string) {
  if (!(await readdir(unpacked)).includes("lib")) return;
  await cp(join(unpacked, "lib"), join(unpacked, "usr", "lib"), {
    recursive: true,
    verbatimSymlinks: true,
  });
}
