import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { inCheckout } from "./checkout.ts";
import { runCommand } from "./run-command.ts";

const PROGRAM = "nats-server";

/** Shared by all stacks of the checkout. */
const UNPACKED = inCheckout(".dev", "tools", PROGRAM);

const INSTRUCTION =
  process.platform === "darwin"
    ? "brew install nats-server"
    : "put nats-server from https://github.com/nats-io/nats-server/releases into PATH";

/** Debian puts it where an ordinary user's PATH does not lead. */
const INSTALLED = [PROGRAM, `/usr/sbin/${PROGRAM}`, `/usr/local/sbin/${PROGRAM}`];

/** Finds nats-server, or unpacks Debian's package into the checkout, for which nobody need be root. */
export async function natsBinary(): Promise<string> {
  const found = [...INSTALLED, UNPACKED].find(runs);
  if (found !== undefined) return found;
  try {
    return await unpackDebianPackage();
  } catch (cause) {
    throw new Error(`Cannot find nats-server: ${INSTRUCTION}`, { cause });
  }
}

const runs = (command: string) => spawnSync(command, ["--version"]).status === 0;

async function unpackDebianPackage(): Promise<string> {
  const tools = inCheckout(".dev", "tools");
  await mkdir(tools, { recursive: true });
  const work = await mkdtemp(join(tools, "unpacking-"));
  try {
    await download(work);
    const archive = (await readdir(work)).find((name) => name.endsWith(".deb"));
    if (archive === undefined)
      throw new Error("Cannot unpack nats-server: apt-get left no package");
    await runCommand("dpkg-deb", { args: ["-x", join(work, archive), join(work, "unpacked")] });
    await rename(join(work, "unpacked", "usr", "sbin", PROGRAM), UNPACKED);
    return UNPACKED;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** On a fresh machine the lists of packages are missing; only root can fetch them. */
async function download(cwd: string): Promise<void> {
  const fetchPackage = () => runCommand("apt-get", { args: ["download", PROGRAM], cwd });
  try {
    await fetchPackage();
  } catch (error) {
    if (process.getuid?.() !== 0) throw error;
    await runCommand("apt-get", { args: ["update"] });
    await fetchPackage();
  }
}
