import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inCheckout } from "../../dev/checkout.ts";
import { claimPort } from "../../dev/processes/free-port.ts";
import { temporaryFolder } from "../../dev/processes/temporary-folder.ts";
import { natsBinary } from "../../dev/servers/nats-binary.ts";
import { postgresUrl } from "../../dev/servers/postgres.ts";
import { startDatabaseServers } from "../harness/stacks/database-stack.ts";
import { eventually } from "../harness/eventually.ts";
import { type ComposeService, readComposeFile } from "./compose-file.ts";
import { runToEnd } from "./run-to-end.ts";
import { pathWithBun, startRole } from "./start-role.ts";

const PUBLIC_URL = "https://mail.example.com";
const compose = await readComposeFile({ PUBLIC_URL, DOMAIN: "mail.example.com" });
const find = (name: string): ComposeService => {
  const found = compose.services[name];
  if (!found) throw new Error(`compose.yaml has no service ${name}`);
  return found;
};

let resources: AsyncDisposableStack;
let folder: string;
let path: string;
/** What stands for a name or a path of the containers on this machine. */
let here: Record<string, string>;
let ports: Record<"edge" | "edgeMetrics" | "fleetMetrics" | "nats" | "monitor", number>;
let servers: Awaited<ReturnType<typeof startDatabaseServers>>;
beforeAll(async () => {
  resources = new AsyncDisposableStack();
  folder = resources.use(await temporaryFolder()).path;
  for (const name of ["fleet", "edge", "postgres"])
    await mkdir(join(folder, "secrets", name), { recursive: true });
  path = await pathWithBun(folder);
  servers = resources.use(await startDatabaseServers());
  const [edge, edgeMetrics, fleetMetrics, nats, monitor] = [
    await claimPort(),
    await claimPort(),
    await claimPort(),
    await claimPort(),
    await claimPort(),
  ];
  ports = { edge, edgeMetrics, fleetMetrics, nats, monitor };
  here = {
    "/secrets": join(folder, "secrets"),
    "postgres:5432": `127.0.0.1:${servers.context.ports.postgres}`,
    "nats:4222": `127.0.0.1:${nats}`,
    "0.0.0.0": "127.0.0.1",
    "127.0.0.1:9464": `127.0.0.1:${fleetMetrics}`,
    "127.0.0.1:9465": `127.0.0.1:${edgeMetrics}`,
  };
});
afterAll(() => resources?.[Symbol.asyncDispose]());

const onThisMachine = (text: string) =>
  Object.entries(here).reduce((changed, [there, own]) => changed.replaceAll(there, own), text);

/** The environment of a service, with ports that are free here. */
const toEnv = ({ environment }: ComposeService) => ({
  ...Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, onThisMachine(value)]),
  ),
  PATH: path,
  EDGE_PORT: String(ports.edge),
  EDGE_METRICS_PORT: String(ports.edgeMetrics),
  METRICS_PORT: String(ports.fleetMetrics),
});

/** Runs a command of a service until it ends. The default is the command of the image. */
async function runService(
  name: string,
  command = find(name).command ?? ["sh", "ops/container/start.sh"],
  stopsAt = "never",
) {
  const [program = "", ...args] = command.map(onThisMachine);
  const file = program === "bun" ? join(folder, "bin", "bun") : program;
  return await runToEnd(file, args, { cwd: inCheckout(), env: toEnv(find(name)), stopsAt });
}

const isHealthy = async (name: string) => {
  const [kind, ...command] = find(name).healthcheck?.test ?? [];
  expect(kind).toBe("CMD");
  return (await runService(name, command)).code === 0;
};

test("each service of ours is an ordinary user without rights, and each service waits for others", () => {
  for (const [name, one] of Object.entries(compose.services)) {
    const mounted = one.volumes.map((volume) => volume.split(":")[0] ?? "");
    const named = mounted.filter((source) => !source.startsWith("."));
    expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining(named));
    expect(Object.keys(compose.services)).toEqual(
      expect.arrayContaining(Object.keys(one.depends_on)),
    );
    if (one.restart !== undefined) expect([name, one.healthcheck]).not.toContain(undefined);
    if (one.build === undefined) continue;
    // The first service makes the files of volumes that belong to root at first.
    const user = name === "secrets" ? "0:0" : undefined;
    const { image, read_only, cap_drop } = one;
    expect({ name, image, read_only, cap_drop, user: one.user }).toEqual({
      ...{ name, image: "superimap", read_only: true, cap_drop: ["ALL"], user },
    });
  }
  expect(find("edge").ports).toEqual(["127.0.0.1:8787:8787"]);
  expect(find("nats").ports).toEqual([]);
  expect(find("postgres").ports).toEqual([]);
});

test("the services start in the order of the file, work, and stop", async () => {
  expect((await runService("secrets")).output).toContain('"event":"secrets.made"');
  const secrets = (path: string) => readFile(join(folder, "secrets", path), "utf8");
  const made = await secrets("fleet/fleet.env");
  expect((await runService("secrets")).output).toContain('"event":"secrets.kept"');
  expect(await secrets("fleet/fleet.env")).toBe(made);
  expect(await secrets("edge/edge.env")).not.toContain("MAILBOX_PRIVATE_KEYS");

  const { POSTGRES_USER, POSTGRES_DB } = find("postgres").environment;
  const client = new pg.Client(postgresUrl(servers.context));
  await client.connect();
  await client.query(`create database "${POSTGRES_DB}"`);
  const password = client.escapeLiteral(await secrets("postgres/password"));
  await client.query(`alter role "${POSTGRES_USER}" password ${password}`);
  await client.end();
  expect(await runService("migrate")).toMatchObject({
    code: 0,
    output: expect.stringContaining('"event":"database.migrated"'),
  });

  resources.use(await startNatsOfCompose());
  const fleet = runService("fleet", undefined, '"event":"fleet.ready"');
  await using edge = startRole(toEnv(find("edge")));
  await eventually("a healthy edge", async () => (await isHealthy("edge")) || undefined);
  const admin = find("admin").entrypoint ?? [];
  const created = await runService("admin", [...admin, "--email", "you@example.com"]);
  expect(created.output).toContain("you@example.com may sign in");
  const page = await fetch(`http://127.0.0.1:${ports.edge}/admin/`, { redirect: "manual" });
  expect(page.headers.get("location")).toBe(`${PUBLIC_URL}/admin/`);
  expect(edge.output()).toContain(`"public_url":"${PUBLIC_URL}"`);
  expect(await edge.stop()).toBe(0);
  expect(await isHealthy("edge")).toBe(false);
  expect(await fleet).toMatchObject({
    code: 0,
    output: expect.stringContaining('"event":"fleet.stopped"'),
  });
});

/** Starts nats-server with the command of the file. Only its ports and folders are others. */
async function startNatsOfCompose(): Promise<AsyncDisposable> {
  const text = await readFile(inCheckout("deploy", "compose", "nats.conf"), "utf8");
  const config = join(folder, "nats.conf");
  await writeFile(
    config,
    text
      .replace("host: 0.0.0.0", "host: 127.0.0.1")
      .replace("port: 4222", `port: ${ports.nats}`)
      .replace("127.0.0.1:8222", `127.0.0.1:${ports.monitor}`),
  );
  const command = find("nats").command ?? [];
  expect(find("nats").volumes).toContain("./deploy/compose/nats.conf:/etc/nats/nats.conf:ro");
  const args = command.map((word) =>
    word === "/etc/nats/nats.conf" ? config : word === "/data" ? join(folder, "nats") : word,
  );
  const child = spawn(await natsBinary(), args, { stdio: "ignore" });
  const ended = once(child, "exit");
  const health = find("nats").healthcheck?.test.at(-1) ?? "";
  await eventually("a healthy nats-server", async () => {
    const url = health.replace(":8222", `:${ports.monitor}`);
    return (await fetch(url).catch(() => undefined))?.ok || undefined;
  });
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
