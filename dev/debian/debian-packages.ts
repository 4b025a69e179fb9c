import { spawnSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { runCommand } from "../processes/run-command.ts";

/**
 * Debian runs this script before it starts a package's services. The exit code 101 forbids the
 * start.
 */
const POLICY = "/usr/sbin/policy-rc.d";
const FORBIDDEN = 101;

/**
 * Installs packages if possible, without starting their services. Never rejects. The caller must
 * check whether the packages are installed.
 */
export async function installDebianPackages(packages: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0 || spawnSync("apt-get", ["--version"]).status !== 0) return;
  const policy = `#!/bin/sh\nexit ${FORBIDDEN}\n`;
  const isOurs = await writeFile(POLICY, policy, { flag: "wx", mode: 0o755 }).then(
    () => true,
    () => false,
  );
  try {
    await install(packages);
  } catch {
    // Ignored, because the caller checks whether the packages are installed.
  } finally {
    if (isOurs) await rm(POLICY);
  }
}

async function install(packages: readonly string[]): Promise<void> {
  const args = ["install", "--yes", "--no-install-recommends", ...packages];
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  try {
    await runCommand("apt-get", { args, env });
  } catch {
    // On a fresh machine the package lists are missing or old.
    await runCommand("apt-get", { args: ["update"], env });
    await runCommand("apt-get", { args, env });
  }
}
