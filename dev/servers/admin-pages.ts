import { existsSync } from "node:fs";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { inCheckout } from "../checkout.ts";
import { runCommand } from "../processes/run-command.ts";

const PAGES = inCheckout("dist");
const INDEX = join(PAGES, "admin", "index.html");

/** Builds the admin pages when they are missing or older than their sources. */
export async function ensureAdminPages(): Promise<void> {
  if (await areUpToDate()) return;
  // Another process may build them at the same time: each uses its own folder, and the first result
  // is kept.
  const fresh = inCheckout(`dist.${process.pid}`);
  await build(fresh);
  if (await areUpToDate()) return rm(fresh, { recursive: true });
  await rm(PAGES, { recursive: true, force: true });
  await rename(fresh, PAGES);
}

async function build(folder: string): Promise<void> {
  const vite = inCheckout("node_modules", "vite", "bin", "vite.js");
  const config = inCheckout("admin", "vite.config.ts");
  await runCommand(process.execPath, {
    args: [
      ...[vite, "build", "--config", config, "--configLoader", "native"],
      ...["--outDir", folder, "--logLevel", "warn"],
    ],
    cwd: inCheckout(),
  });
}

async function areUpToDate(): Promise<boolean> {
  if (!existsSync(INDEX)) return false;
  const files = await readdir(inCheckout("admin"), { recursive: true, withFileTypes: true });
  const paths = files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name));
  const sources = await Promise.all(
    [...paths, inCheckout("package-lock.json")].map((path) => stat(path)),
  );
  const { mtimeMs } = await stat(INDEX);
  return sources.every((source) => source.mtimeMs <= mtimeMs);
}
