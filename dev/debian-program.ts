import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { inCheckout } from "./checkout.ts";
import { runCommand } from "./run-command.ts";

/** Where unpacked programs lie, shared by all stacks of the checkout. */
export const unpackedProgram = (name: string) => inCheckout(".dev", "tools", name);

/** Unpacks one program, as below, and returns where it is. */
export async function unpackDebianProgram(packageName: string, path: string): Promise<string> {
  await unpackDebianPrograms(packageName, [path]);
  return unpackedProgram(basename(path));
}

/**
 * Unpacks programs of a Debian package into the checkout, for which nobody need be root.
 *
 * @param paths Of the programs in the package, without a slash in front.
 */
export async function unpackDebianPrograms(
  packageName: string,
  paths: readonly string[],
): Promise<void> {
  const tools = inCheckout(".dev", "tools");
  await mkdir(tools, { recursive: true });
  const work = await mkdtemp(join(tools, "unpacking-"));
  try {
    await download(packageName, work);
    const archive = (await readdir(work)).find((name) => name.endsWith(".deb"));
    if (archive === undefined) {
      throw new Error(`Cannot unpack ${packageName}: apt-get left no package`);
    }
    await runCommand("dpkg-deb", { args: ["-x", join(work, archive), join(work, "unpacked")] });
    for (const path of paths) {
      await rename(join(work, "unpacked", path), unpackedProgram(basename(path)));
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** On a fresh machine the lists of packages are missing; only root can fetch them. */
async function download(packageName: string, cwd: string): Promise<void> {
  const fetchPackage = () => runCommand("apt-get", { args: ["download", packageName], cwd });
  try {
    await fetchPackage();
  } catch (error) {
    if (process.getuid?.() !== 0) throw error;
    await runCommand("apt-get", { args: ["update"] });
    await fetchPackage();
  }
}
