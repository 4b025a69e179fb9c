import { existsSync } from "node:fs";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { inCheckout } from "../checkout.ts";
import { runCommand } from "../processes/run-command.ts";

const PAGES = inCheckout("dist");
const INDEX = join(PAGES, "admin", "index.html");
/** The folders that the pages are built from. */
const FOLDERS = ["admin", "reference", "shared"];
const FILES = [
  ...["docs/admin.md", "docs/errors.md", "docs/runbook.md"],
  ...["vite.config.ts", "package-lock.json"],
];

/**
 * Builds the admin pages, the API reference and the pages of documents, if they are missing or older
 * than their sources.
 */
export async function ensurePages(): Promise<void> {
  if (await areUpToDate()) return;
  // Another process may build the pages at the same time. So each process builds into its own
  // folder, and the first finished result is kept.
  const fresh = inCheckout(`dist.${process.pid}`);
  await build(fresh);
  if (await areUpToDate()) return rm(fresh, { recursive: true });
  await rm(PAGES, { recursive: true, force: true });
  await rename(fresh, PAGES);
}

async function build(folder: string): Promise<void> {
  const vite = inCheckout("node_modules", "vite", "bin", "vite.js");
  const config = inCheckout("vite.config.ts");
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
  const folders = FOLDERS.map((folder) =>
    readdir(inCheckout(folder), { recursive: true, withFileTypes: true }),
  );
  const paths = (await Promise.all(folders))
    .flat()
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name));
  const sources = await Promise.all(
    [...paths, ...FILES.map((file) => inCheckout(file))].map((path) => stat(path)),
  );
  const { mtimeMs } = await stat(INDEX);
  return sources.every((source) => source.mtimeMs <= mtimeMs);
}
