import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HOST } from "../stack/ports.ts";
import { giveTo, type PostgresHome, postgresHome } from "./postgres-home.ts";
import { Program } from "../processes/program.ts";
import { runCommand } from "../processes/run-command.ts";
import { findProcess } from "../processes/running-process.ts";
import type { StackContext } from "../stack/stack-context.ts";

const USER = "superimap";
const MAX_CONNECTIONS = 200;

export const postgresUrl = ({ ports, keys, database }: StackContext) =>
  `postgres://${USER}:${keys.postgres_password}@${HOST}:${ports.postgres}/${database}`;

/**
 * Starts a real PostgreSQL, which is installed as an npm package. Its data is in the state folder,
 * or elsewhere if root runs the stack.
 */
export async function startPostgres(context: StackContext): Promise<Program> {
  const { folder, ports, durable, signal } = context;
  const home = await postgresHome(folder);
  await initialise(home, context);
  await removeStalePid(home);
  const settings = {
    listen_addresses: HOST,
    port: ports.postgres,
    unix_socket_directories: "",
    max_connections: MAX_CONNECTIONS,
    ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  return await Program.start({
    name: "postgres",
    folder,
    command: join(home.binaries, "bin", "postgres"),
    args: [
      "-D",
      home.data,
      ...Object.entries(settings).flatMap(([k, value]) => ["-c", `${k}=${value}`]),
    ],
    // isReady() reads PostgreSQL's messages, so they must not be translated.
    env: { LC_ALL: "C" },
    cwd: home.data,
    identity: home.identity,
    isReady: (output) => output.includes("database system is ready to accept connections"),
    // SIGINT rolls back open transactions ("fast" shutdown). SIGTERM would wait until the clients
    // disconnect.
    stopSignal: "SIGINT",
    signal,
  });
}

/**
 * Creates the data folder under another name, and renames it when it is complete. So an incomplete
 * folder is never used.
 */
async function initialise(home: PostgresHome, { keys, signal }: StackContext) {
  const version = await readFile(join(home.data, "PG_VERSION"), "utf8").catch(() => undefined);
  if (version !== undefined) return;
  const draft = `${home.data}.draft`;
  await rm(draft, { recursive: true, force: true });
  await rm(home.data, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  await giveTo(home.identity, draft);
  const passwordFile = `${draft}.password`;
  await writeFile(passwordFile, keys.postgres_password, { mode: 0o600 });
  await giveTo(home.identity, passwordFile);
  try {
    await runCommand(join(home.binaries, "bin", "initdb"), {
      args: [
        ...["-D", draft, "-U", USER, `--pwfile=${passwordFile}`, "-A", "password"],
        ...[
          "--encoding=UTF8",
          "--locale=C",
          "--locale-provider=builtin",
          "--builtin-locale=C.UTF-8",
          "--no-instructions",
          "--no-sync",
        ],
      ],
      env: { LC_ALL: "C" },
      cwd: draft,
      identity: home.identity,
      signal,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(draft, home.data);
}

/**
 * Removes the pid file of an earlier PostgreSQL. PostgreSQL refuses to start while any process has
 * this id. After a reboot or in a new container, that process may be another program.
 *
 * @throws {Error} when the process is a PostgreSQL that uses this stack's data. This is unexpected:
 * stopStrays() has stopped the processes of an earlier stack.
 */
async function removeStalePid(home: PostgresHome): Promise<void> {
  const pidFile = join(home.data, "postmaster.pid");
  const pid = Number.parseInt(await readFile(pidFile, "utf8").catch(() => ""), 10);
  if (Number.isNaN(pid)) return;
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  if (findProcess(pid) && command.includes(home.data)) {
    throw new Error(`Cannot start postgres: process ${pid} already serves ${home.data}`);
  }
  await rm(pidFile, { force: true });
}
