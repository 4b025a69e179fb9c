import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Program } from "./program.ts";
import { findProcess, isAlive, waitForEnd } from "./running-process.ts";
import { prepareStateFolder, type StateFolder, stateFolder } from "../stack/state-folder.ts";
import { stopStrays } from "../stack/strays.ts";
import { temporaryFolder } from "./temporary-folder.ts";

let opened: AsyncDisposableStack;
let folder: StateFolder;

beforeEach(async () => {
  opened = new AsyncDisposableStack();
  folder = stateFolder(opened.use(await temporaryFolder()).path);
  await prepareStateFolder(folder);
});
afterEach(() => opened.disposeAsync());

/** Starts a script as a program. It counts as ready when its output contains `ready`. */
const start = async (script: string) =>
  opened.use(
    await Program.start({
      name: "child",
      folder,
      command: process.execPath,
      args: ["-e", script],
      isReady: (output) => output.includes("ready"),
      stopTimeoutMs: 200,
      signal: AbortSignal.timeout(60_000),
    }),
  );

const LIVES = "console.log('ready'); setInterval(() => {}, 1000);";

const known = (pid: number) => findProcess(pid) ?? { pid, began: "never" };

test("a stopped program has ended but does not count as died", async () => {
  const program = await start(LIVES);
  const before = known(program.pid);
  expect(isAlive(before)).toBe(true);
  await program.stop();
  await program.stop();
  expect(isAlive(before)).toBe(false);
  expect(await Promise.race([program.died, Promise.resolve("not dead")])).toBe("not dead");
});

test("a program that does not want to end is ended, with all that it started", async () => {
  const grandchild = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(LIVES)}])`;
  const program = await start(
    `process.on("SIGTERM", () => {}); console.log("ready", ${grandchild}.pid); setInterval(() => {}, 1000);`,
  );
  const log = await readFile(join(folder.logs, "child.log"), "utf8");
  const left = known(Number(/ready (\d+)/.exec(log)?.[1]));
  expect(isAlive(left)).toBe(true);
  await program.stop();
  expect(await waitForEnd(left, 30_000)).toBe(true);
});

test("a program that ends unexpectedly counts as died, with its last output", async () => {
  const program = await start(
    "console.log('ready'); console.error('out of luck'); setTimeout(() => process.exit(3), 50)",
  );
  expect((await program.died).message).toMatch(
    /^child ended by itself \(code 3\), see .*child\.log\n[^]*out of luck$/,
  );
});

test("a program that ends before it is ready cannot be started", async () => {
  await expect(start("console.error('bad setting'); process.exit(1)")).rejects.toThrow(
    /^Cannot start child: it ended before it was ready \(code 1\)\nbad setting$/,
  );
});

test("a missing program cannot be started", async () => {
  const options = { name: "child", folder, command: "/nowhere", args: [], isReady: () => true };
  const starting = Program.start({
    ...options,
    isReady: () => false,
    signal: AbortSignal.timeout(60_000),
  });
  await expect(starting).rejects.toThrow(/^Cannot start child: .*ENOENT/);
});

test("a killed program can be started again", async () => {
  const program = await start(LIVES);
  const { pid } = program;
  await program.restart("SIGKILL");
  expect(program.pid).not.toBe(pid);
  expect(isAlive(known(program.pid))).toBe(true);
});

test("stopStrays() ends the processes that a killed stack has left", async () => {
  const program = await start(LIVES);
  const before = known(program.pid);
  expect(await stopStrays(folder)).toEqual(["child"]);
  expect(isAlive(before)).toBe(false);
  expect(await stopStrays(folder)).toEqual([]);
});
