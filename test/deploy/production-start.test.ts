import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inCheckout } from "../../dev/checkout.ts";
import { claimPort } from "../../dev/processes/free-port.ts";
import { natsUrl, startNats } from "../../dev/servers/nats-server.ts";
import { unpackNatsServer } from "../../dev/servers/nats-binary.ts";
import { NATS_SUITES } from "../../dev/servers/nats-suites.ts";
import type { Program } from "../../dev/processes/program.ts";
import { DEVELOPMENT_KID } from "../../shared/secrets/development-keys.ts";
import { generatePartnerKeys } from "../../shared/secrets/vault.ts";
import type { DatabaseStack } from "../harness/stacks/database-stack.ts";
import { startDatabaseStack } from "../harness/stacks/start-database-stack.ts";
import { productionSettings } from "./production-settings.ts";
import { runToEnd } from "./run-to-end.ts";

let stack: DatabaseStack;
let nats: Program;
beforeAll(async () => {
  stack = await startDatabaseStack();
  nats = await startNats(stack.context);
});
afterAll(async () => {
  await nats?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
});

/**
 * True if the tests that need an older NATS are skipped, because this machine cannot reach Debian's
 * archive. In CI, they are never skipped.
 */
const isOldNatsMissing =
  process.env["OLDER_NATS"] === "unavailable" && process.env["CI"] !== "true";

const BUN = inCheckout("node_modules", "bun", "bin", "bun.exe");

/** Runs the fleet with production settings until it exits. Sends SIGTERM if it becomes ready. */
const startFleet = (settings: Readonly<Record<string, string>> = {}) =>
  runToEnd(BUN, ["run", "--no-install", inCheckout("fleet", "main.ts")], {
    env: { ...productionSettings(stack), METRICS_PORT: "off", INSTANCE_ID: "one", ...settings },
    stopsAt: '"event":"fleet.ready"',
  });

test.each([
  ["PUBLIC_URL", "http://mail.example.com", "must begin with https://"],
  ["NATS_URL", "nats://nats.internal:4222", "must begin with tls://"],
  ["DATABASE_URL", "postgres://db.example.com/x?sslmode=disable", "must have sslmode=verify-full"],
  ["ALLOW_HTTP_WEBHOOKS", "true", "must be false"],
  ["ALLOW_PRIVATE_HOSTS", "true", "must be false"],
  ["PARTNER_KEYS", JSON.stringify(generatePartnerKeys(DEVELOPMENT_KID)), "must have no key"],
])("in production the fleet refuses a wrong %s before it connects", async (name, value, wanted) => {
  const { code, output } = await startFleet({ [name]: value });
  expect(code).toBe(1);
  expect(output).toContain(`${name} ${wanted}`);
  expect(output).not.toContain('"event"');
});

test.skipIf(isOldNatsMissing)(
  "in production the fleet does not start on an old nats-server",
  async () => {
    const { folder, ports } = stack.context;
    const context = {
      ...stack.context,
      folder: { ...folder, nats: join(folder.root, "old-nats") },
      ports: { ...ports, nats: await claimPort() },
    };
    await using _old = await startNats(context, await unpackNatsServer(NATS_SUITES.refused));
    const { code, output } = await startFleet({ NATS_URL: natsUrl(context) });
    expect(code).toBe(1);
    expect(output).toMatch(/found version 2\.9\.\d+, wanted 2\.10\.5 or later/);
  },
);

test("in production the fleet does not start with a default admin, and starts without one", async () => {
  await stack.db.execute(
    sql`insert into admin_users (id, email, name, password_hash, password_kind) values ('adm_1', 'admin@example.com', 'A', 'x', 'default')`,
  );
  const refused = await startFleet();
  expect(refused.code).toBe(1);
  expect(refused.output).toContain("an admin has the default password of development");

  await stack.db.execute(sql`update admin_users set password_kind = 'chosen'`);
  const started = await startFleet();
  expect(started.output).toContain('"event":"fleet.ready"');
  expect(started.code).toBe(0);
});

test("a server without TLS is not used where TLS is wanted, and that is logged", async () => {
  const { output } = await runToEnd(BUN, ["run", "--no-install", inCheckout("fleet", "main.ts")], {
    env: {
      ...productionSettings(stack),
      METRICS_PORT: "off",
      NATS_URL: natsUrl(stack.context).replace("nats:", "tls:"),
    },
    stopsAt: '"event":"bus.unreachable"',
  });
  expect(output).toContain("server does not support 'tls'");
});
