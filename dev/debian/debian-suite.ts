import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../processes/run-command.ts";

export interface SuiteDownload {
  packageName: string;
  /** A suite of Debian's archive, such as `sid`. */
  suite: string;
  /** The folder for the package, and for apt's lists and cache. */
  folder: string;
}

/** The file with the keys that Debian signs every suite with. */
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * Downloads a package from a suite that this system does not use. Needs no root and changes nothing
 * on the system, because apt keeps its files in `folder`. Works on Debian only.
 */
export async function downloadFromSuite({
  packageName,
  suite,
  folder,
}: SuiteDownload): Promise<void> {
  const sources = join(folder, "sources.list");
  const [lists, cache] = [join(folder, "lists"), join(folder, "cache")];
  await mkdir(join(lists, "partial"), { recursive: true });
  await mkdir(join(cache, "archives", "partial"), { recursive: true });
  await writeFile(sources, `deb [signed-by=${KEYRING}] ${await debianMirror()} ${suite} main\n`);
  const options = [
    `Dir::Etc::sourcelist=${sources}`,
    "Dir::Etc::sourceparts=/dev/null",
    `Dir::State::lists=${lists}`,
    `Dir::Cache=${cache}`,
    "Acquire::Languages=none",
    "APT::Update::Error-Mode=any",
  ].flatMap((option) => ["-o", option]);
  await runCommand("apt-get", { args: [...options, "update"], cwd: folder });
  await runCommand("apt-get", { args: [...options, "download", packageName], cwd: folder });
}

/** Returns the URL of Debian's archive, as configured for apt on this system. */
async function debianMirror(): Promise<string> {
  const release = await readFile("/etc/os-release", "utf8");
  if (!/^ID=debian$/m.test(release)) {
    throw new Error("Cannot use Debian's archive: found another system, wanted Debian");
  }
  const codename = /^VERSION_CODENAME=(\S+)$/m.exec(release)?.[1];
  const uris = await runCommand("apt-get", { args: ["--print-uris", "update"] });
  for (const [, mirror, suite = ""] of uris.matchAll(/^'(\S+?)\/?dists\/([^/\s]+)\//gm)) {
    if (
      mirror !== undefined &&
      [codename, "sid", "unstable", "testing", "stable"].includes(suite)
    ) {
      return mirror;
    }
  }
  throw new Error(`Cannot use Debian's archive: apt's sources do not name ${codename}`);
}
