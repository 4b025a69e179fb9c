import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ensurePages } from "../dev/servers/pages.ts";
import { inCheckout } from "../dev/checkout.ts";
import { runCommand } from "../dev/processes/run-command.ts";
import { temporaryFolder } from "../dev/processes/temporary-folder.ts";

const KIB = 1_024;
const MAX_SCRIPT = 60 * KIB;
const MAX_STYLE = 15 * KIB;
const MAX_WORKER = 1_024 * KIB;

/**
 * Measures the gzipped size of the files that a browser loads for the first admin page, and of the
 * Worker's bundle.
 */
export async function benchSize(): Promise<void> {
  await ensurePages();
  const page = await readFile(inCheckout("dist", "admin", "index.html"), "utf8");
  const loaded = [...page.matchAll(/(?:src|href)="\/(admin\/assets\/[^"]+)"/g)].map(
    ([, path = ""]) => path,
  );
  const measureSize = async (ending: string) => {
    const files = loaded.filter((path) => path.endsWith(ending));
    return addUp(await Promise.all(files.map((path) => gzippedBytes(inCheckout("dist", path)))));
  };
  console.log("size, gzipped");
  tell("JavaScript of the admin's first page", await measureSize(".js"), MAX_SCRIPT);
  tell("its CSS", await measureSize(".css"), MAX_STYLE);
  tell("the Worker's bundle", await workerBytes(), MAX_WORKER);
}

async function workerBytes(): Promise<number> {
  await using folder = await temporaryFolder();
  const wrangler = inCheckout("node_modules", "wrangler", "wrangler-dist", "cli.js");
  await runCommand(process.execPath, {
    args: [wrangler, "deploy", "--dry-run", "--minify", "--outdir", folder.path],
    env: { WRANGLER_SEND_METRICS: "false", WRANGLER_WRITE_LOGS: "false", CI: "1" },
    cwd: inCheckout(),
  });
  const files = (await readdir(folder.path)).filter((name) => /\.(js|wasm)$/.test(name));
  return addUp(await Promise.all(files.map((name) => gzippedBytes(join(folder.path, name)))));
}

const gzippedBytes = async (path: string) => gzipSync(await readFile(path)).byteLength;
const addUp = (sizes: readonly number[]) => sizes.reduce((sum, size) => sum + size, 0);
const kib = (bytes: number) => `${(bytes / KIB).toFixed(1)} KiB`;

const tell = (title: string, bytes: number, max: number) =>
  console.log(`  ${title}: ${kib(bytes)} of ${kib(max)}${bytes > max ? "  TOO LARGE" : ""}`);
