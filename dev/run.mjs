// The entry of every npm script. It runs under Node 20 or later, even before any package is
// installed. It installs the dependencies of the lock file if they are missing or old. Then it runs
// the script under the pinned Node, which can run TypeScript.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isInstalled } from "./installed.mjs";

const CHECKOUT = join(dirname(fileURLToPath(import.meta.url)), "..");
/** @type {Record<string, string>} */
const SCRIPTS = {
  start: "dev/start.ts",
  smoke: "dev/smoke.ts",
  example: "dev/example.ts",
  test: "dev/test.ts",
  verify: "dev/verify.ts",
  bench: "bench/main.ts",
  stress: "test/stress/main.ts",
  soak: "test/soak/main.ts",
  "admin:create": "ops/admin-create.ts",
  "admin:reset": "ops/admin-reset.ts",
  "deploy:check": "ops/deploy-check.ts",
  "keys:new": "ops/new-keys.ts",
  "seed:many": "dev/seed-many.ts",
  "database:restored": "ops/database-restored.ts",
  screenshots: "dev/screenshots/main.ts",
  keys: "ops/rotate-keys.ts",
  "import:superimap": "ops/import-superimap.ts",
  streams: "ops/streams.ts",
};
/**
 * Two signals within this time count as one. After a Ctrl-C, both the terminal and npm send a
 * signal to this process.
 */
const SAME_SIGNAL_MS = 500;

const [name = "", ...args] = process.argv.slice(2);
const script =
  SCRIPTS[name] ?? fail(`Cannot run ${name}: wanted ${Object.keys(SCRIPTS).join(", ")}`);
install();
handOver(pinnedNode());

function install() {
  const wanted = readJson(join(CHECKOUT, "package-lock.json"));
  const found = readJson(join(CHECKOUT, "node_modules", ".package-lock.json"));
  if (isInstalled(wanted, found)) return;
  const start = performance.now();
  console.log("… Installing dependencies from package-lock.json");
  const npm = process.env.npm_execpath;
  const flags = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
  const { status, error, stdout, stderr } = npm?.endsWith(".js")
    ? spawnSync(process.execPath, [npm, ...flags], { cwd: CHECKOUT, encoding: "utf8" })
    : spawnSync("npm", flags, { cwd: CHECKOUT, encoding: "utf8" });
  const log = join(CHECKOUT, ".dev", "install.log");
  mkdirSync(dirname(log), { recursive: true });
  writeFileSync(log, `${stdout}${stderr}`);
  if (status !== 0) {
    const errors = (stderr ?? "").split("\n").filter((line) => !line.startsWith("npm warn"));
    console.error(errors.slice(0, 20).join("\n"));
    fail(`Cannot install the dependencies: ${error?.message ?? "npm ci failed"}, see ${log}`);
  }
  console.log(`✓ Dependencies installed in ${Math.round(performance.now() - start)} ms`);
}

/**
 * Returns the path of the pinned Node, or of the current Node if the pinned one is missing and the
 * current one is new enough. The pinned Node is a binary in an npm package. Uses the binary's path
 * in the package and not a link in `.bin`, because only npm 11 creates such a link.
 */
function pinnedNode() {
  const platform = `node-${process.platform}-${process.arch}`;
  const pinned = join(CHECKOUT, "node_modules", platform, "bin", "node");
  if (existsSync(pinned)) return pinned;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  return fail(`Cannot run under Node ${process.versions.node} here: install Node 24`);
}

/** @param {string} node */
function handOver(node) {
  // The child runs in its own process group. So a Ctrl-C reaches it only once, through this
  // process. If this process is killed, the child notices that the IPC channel is closed.
  const child = spawn(
    node,
    ["--disable-warning=ExperimentalWarning", join(CHECKOUT, script), ...args],
    {
      stdio: ["inherit", "inherit", "inherit", "ipc"],
      detached: true,
    },
  );
  let lastSignalMs = -Infinity;
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => {
      const now = performance.now();
      if (now - lastSignalMs > SAME_SIGNAL_MS) child.kill(signal);
      lastSignalMs = now;
    });
  }
  child.once("error", (error) => fail(error.message));
  child.once("exit", (code, signal) => {
    process.exit(code ?? 128 + constants.signals[signal ?? "SIGTERM"]);
  });
}

/** @param {string} path */
function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(message);
  process.exit(1);
}
