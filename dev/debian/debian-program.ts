import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { inCheckout } from "../checkout.ts";
import { downloadFromSuite } from "./debian-suite.ts";
import { runCommand } from "../processes/run-command.ts";

export interface DebianPrograms {
  packageName: string;
  /** Paths of the programs in the package, without a leading slash. */
  paths: readonly string[];
  /** A suite of Debian's archive, such as `sid`. Undefined means the suite of this system. */
  suite?: string;
}

/** Returns the path of an unpacked program. All stacks of the checkout share it. */
export const unpackedProgram = (name: string, suite = "") =>
  inCheckout(".dev", "tools", suite, name);

/**
 * Unpacks programs of a Debian package into the checkout. Installs nothing, so it works without
 * root.
 */
export async function unpackDebianPrograms({
  packageName,
  paths,
  suite,
}: DebianPrograms): Promise<void> {
  const tools = inCheckout(".dev", "tools", suite ?? "");
  await mkdir(tools, { recursive: true });
  const work = await mkdtemp(join(tools, "unpacking-"));
  try {
    await (suite === undefined
      ? downloadFromSystem(packageName, work)
      : downloadFromSuite({ packageName, suite, folder: work }));
    const archive = (await readdir(work)).find((name) => name.endsWith(".deb"));
    if (archive === undefined) {
      throw new Error(`Cannot unpack ${packageName}: apt-get left no package`);
    }
    await runCommand("dpkg-deb", { args: ["-x", join(work, archive), join(work, "unpacked")] });
    for (const path of paths) {
      await rename(join(work, "unpacked", path), join(tools, basename(path)));
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Downloads a package. On a fresh machine the package lists are missing. Only root can fetch them.
 */
async function downloadFromSystem(packageName: string, cwd: string): Promise<void> {
  const fetchPackage = () => runCommand("apt-get", { args: ["download", packageName], cwd });
  try {
    await fetchPackage();
  } catch (error) {
    if (process.getuid?.() !== 0) throw error;
    await runCommand("apt-get", { args: ["update"] });
    await fetchPackage();
  }
}
