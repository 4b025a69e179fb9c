import { execFile } from "node:child_process";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../db/migrate.ts";
import { inCheckout } from "../../dev/checkout.ts";
import type { Finding } from "../../ops/deploy-check/finding.ts";
import { checkFly } from "../../ops/deploy-check/fly-checks.ts";
import { checkImages } from "../../ops/deploy-check/image-checks.ts";
import { checkNats } from "../../ops/deploy-check/nats-checks.ts";
import { checkSettings } from "../../ops/deploy-check/settings-checks.ts";
import { checkWorker, checkWorkerLogs } from "../../ops/deploy-check/worker-check.ts";
import { runCommand } from "../../dev/processes/run-command.ts";
import { DEVELOPMENT_KID } from "../../shared/secrets/development-keys.ts";
import { generateMailboxKeys, generatePartnerKeys } from "../../shared/secrets/vault.ts";
import type { DatabaseStack } from "../harness/stacks/database-stack.ts";
import { startDatabaseStack } from "../harness/stacks/start-database-stack.ts";
import { writeEnvFile } from "./env-file.ts";
import { productionSettings } from "./production-settings.ts";

let stack: DatabaseStack;
beforeAll(async () => {
  stack = await startDatabaseStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const settings = () => productionSettings(stack);
const file = (name: string) => join(stack.context.folder.root, name);
const bad = (findings: readonly Finding[]) =>
  findings.flatMap((finding) =>
    finding.state === "bad" ? [`${finding.what}: ${finding.fault}`] : [],
  );

async function changed(path: string, what: string | RegExp, by: string): Promise<string> {
  const text = await readFile(inCheckout(path), "utf8");
  const other = text.replace(what, by);
  expect(other).not.toBe(text);
  const copy = file(path.replaceAll("/", "-"));
  await writeFile(copy, other);
  return copy;
}

/** Runs the check in a process of its own, because a process can have only one database proxy. */
async function deployCheck(
  given: Readonly<Record<string, string>>,
  ...only: string[]
): Promise<{ code: number; printed: string; lines: string[] }> {
  const path = await writeEnvFile(file("settings.env"), given);
  const args = [inCheckout("ops", "deploy-check.ts"), "--settings", path, ...only];
  const { promise, resolve } = Promise.withResolvers<{ code: number; printed: string }>();
  execFile(process.execPath, args, { cwd: inCheckout() }, (error, stdout, stderr) =>
    resolve({ code: Number(error?.code ?? 0), printed: stdout + stderr }),
  );
  const { code, printed } = await promise;
  return { code, printed, lines: printed.split("\n").filter((line) => /^[✓✗–]/.test(line)) };
}

const DATABASE = ["--only", "database"];
const badLines = async (given: Readonly<Record<string, string>>) =>
  (await deployCheck(given, ...DATABASE)).lines.filter((line) => line.startsWith("✗"));

test("the check passes for this checkout with complete settings", async () => {
  const { code, printed } = await deployCheck(settings());
  expect(printed).toContain("Ready to deploy");
  expect(code).toBe(0);
  expect(printed).not.toContain("✗");
  expect(printed).toContain("✓ the schema: as its migrations make it");
  for (const secret of [stack.context.keys.postgres_password, stack.context.keys.partner_keys]) {
    expect(printed).not.toContain(secret);
  }
});

test("a wrong setting is reported without its value, with exit code 1", async () => {
  const wrong = { ...settings(), PARTNER_KEYS: "hunter2", ALLOW_PRIVATE_HOSTS: "yes" };
  const { code, printed } = await deployCheck(wrong, "--only", "settings");
  expect(code).toBe(1);
  expect(printed).toContain("ALLOW_PRIVATE_HOSTS must be true or false");
  expect(printed).toContain("Fix these first: 2");
  expect(printed).not.toContain("hunter2");
});

test.each([["--only", "weather"], ["--unknown"], ["--settings", "/nowhere"]])(
  "a wrong flag ends in exit code 2: %s %s",
  async (...flags) => {
    const { code, printed } = await deployCheck(settings(), ...flags);
    expect(code).toBe(2);
    expect(printed).not.toContain("✓");
  },
);

test("settings are judged by both processes' own rules", async () => {
  const development = await generateMailboxKeys(DEVELOPMENT_KID);
  const findings = await checkSettings({
    ...settings(),
    MAILBOX_PUBLIC_KEYS: JSON.stringify(development.publicKeys),
    PARTNER_KEYS: JSON.stringify(generatePartnerKeys(DEVELOPMENT_KID)),
    NATS_URL: "nats://nats.internal:4222",
    ALLOW_HTTP_WEBHOOKS: "true",
  });
  const faults = bad(findings);
  expect(faults).toHaveLength(3);
  expect(faults[0]).toMatch(
    /^settings of the edge: .*MAILBOX_PUBLIC_KEYS must have no key of a development stack/,
  );
  expect(faults[1]).toMatch(/^settings of the fleet: .*NATS_URL must begin with tls:\/\//);
  expect(faults[1]).toMatch(/ALLOW_HTTP_WEBHOOKS must be false/);
  expect(faults[2]).toMatch(/^the halves of the mailbox ring: the fleet cannot open/);
});

test("new keys pass, are stored in a file for its owner only, and never overwrite others", async () => {
  const path = file("keys.env");
  const args = [inCheckout("ops", "new-keys.ts"), "--to", path];
  await runCommand(process.execPath, { args });
  const made = await readFile(path, "utf8");
  const { PUBLIC_URL, DATABASE_URL, DATABASE_PROXY, NATS_URL } = settings();
  const given = { PUBLIC_URL, DATABASE_URL, DATABASE_PROXY, NATS_URL };
  expect(bad(await checkSettings({ ...given, ...parseEnv(made) }))).toEqual([]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await expect(runCommand(process.execPath, { args })).rejects.toThrow(/already exists/);
  expect(await readFile(path, "utf8")).toBe(made);
});

test("keys of one ring are not accepted for another", async () => {
  const other = JSON.stringify((await generateMailboxKeys()).publicKeys);
  const [fault] = bad(await checkSettings({ ...settings(), MAILBOX_PUBLIC_KEYS: other }));
  expect(fault).toMatch(/^the halves of the mailbox ring: the fleet cannot open what \S+ seals/);
});

test("a Worker that cannot be bundled is reported", async () => {
  const config = await changed("wrangler.toml", /^main = .*/m, 'main = "nowhere.ts"');
  expect(bad([await checkWorker(config)])).toHaveLength(1);
});

test("the addresses of requests stay out of Cloudflare's logs", async () => {
  expect(bad([await checkWorkerLogs()])).toEqual([]);
});

test.each([
  ["says nothing of them", /^invocation_logs.*\n/m, ""],
  ["turns them on", "invocation_logs = false", "invocation_logs = true"],
  ["pushes them elsewhere", /^workers_dev/m, "logpush = true\nworkers_dev"],
  [
    "has them read by another Worker",
    /^workers_dev/m,
    'tail_consumers = [{ service = "x" }]\nworkers_dev',
  ],
  ["has an environment of its own", /$/, "\n[env.staging.observability]\nenabled = true\n"],
])("a wrangler.toml that %s is reported", async (_what, found, by) => {
  const config = await changed("wrangler.toml", found, by);
  expect(bad([await checkWorkerLogs(config)])).toHaveLength(1);
});

test("a wrong line of nats-server's configuration is reported", async () => {
  const config = await changed("ops/nats/nats.prod.conf", "max_payload: 8MB", "max_payload: much");
  const [fault, ...others] = bad(await checkNats(config));
  expect(fault).toMatch(/nats\.prod\.conf:\d+:1: /);
  expect(others).toEqual([]);
});

test.each([
  ["kill_timeout = 75", "kill_timeout = 5", "kill_timeout"],
  ['kill_signal = "SIGTERM"', 'kill_signal = "SIGINT"', "kill_signal"],
  ['strategy = "rolling"', 'strategy = "immediate"', "deploy.strategy"],
  ["max_unavailable = 1", "max_unavailable = 2", "deploy.max_unavailable"],
  ['NATS_URL = "tls:', 'NATS_URL = "nats:', "env.NATS_URL"],
  ["ROLE=webhook", "ROLE=imap", "processes.webhook"],
  ["[processes]", "[processes", ""],
])("fly.toml with %s → %s is reported", async (what, by, field) => {
  const fleet = await changed("fly.toml", what, by);
  const faults = bad(await checkFly({ fleet, nats: inCheckout("ops", "nats", "fly.toml") }));
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(`fly.toml: ${field}`);
});

test("an image with another version is reported", async () => {
  const dockerfile = await changed("Dockerfile", /oven\/bun:[\d.]+/, "oven/bun:1.0.0");
  expect(bad([await checkImages(dockerfile)])).toEqual([
    expect.stringMatching(/^versions in the Dockerfile: wanted FROM oven\/bun:/),
  ]);
});

test("an unreachable database is reported", async () => {
  const DATABASE_URL = "postgres://127.0.0.1:1/nowhere";
  expect(await badLines({ ...settings(), DATABASE_URL })).toEqual([
    "✗ the database: connect ECONNREFUSED 127.0.0.1:1",
  ]);
});

test("a database is compared with the migrations it has had", async () => {
  const address = { ...stack.address, url: stack.address.url.replace(/\/\w+$/, "/other") };
  await stack.db.execute(sql`create database other`);
  const given = { ...settings(), DATABASE_URL: address.url };
  const migrations = async () => (await deployCheck(given, ...DATABASE)).lines[1];
  expect(await migrations()).toContain("the deployment will run: 0001-initial.sql, 0002-");
  await migrate(address, ["0001-initial.sql", "0002-providers.sql"]);
  const { code, lines } = await deployCheck(given, ...DATABASE);
  expect(lines[1]).toMatch(/the deployment will run: 0003-/);
  expect(code).toBe(0);
});

test("manual schema changes, a default admin and unmarked plain HTTP are reported", async () => {
  await stack.newPartner({ newMailWebhook: "http://a.test/" });
  await stack.newPartner({ newMailWebhook: "http://a.test/", allowPlainHttp: true });
  const execute = (text: string) => stack.db.execute(sql.raw(text));
  await execute("alter table partners add column shoe_size int");
  await execute(
    "insert into admin_users (id, email, name, password_hash, password_kind) values ('adm_1', 'admin@example.com', 'A', 'x', 'default')",
  );
  await execute("insert into schema_migrations (name) values ('9999-of-tomorrow.sql')");
  expect(await badLines(settings())).toEqual([
    expect.stringContaining(
      "the database has migrations that this checkout does not have: 9999-of-tomorrow.sql",
    ),
  ]);
  await execute("delete from schema_migrations where name like '9999%'");
  expect(await badLines(settings())).toEqual([
    "✗ admins: an admin has the default password of development",
    "✗ webhooks: partners that use plain HTTP without permission: 1",
    "✗ the schema: not ours: partners shoe_size integer",
  ]);
});
