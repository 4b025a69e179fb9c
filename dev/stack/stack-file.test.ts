import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readStackFile, type StackAddresses, writeStackFile } from "./stack-file.ts";
import { temporaryFolder } from "../processes/temporary-folder.ts";

const stack: StackAddresses = {
  edge: "http://127.0.0.1:8787",
  sink: "http://127.0.0.1:8790",
  imap: { host: "127.0.0.1", port: 1143, tls_port: 1993, ca_file: "ca.pem" },
  smtp: { host: "127.0.0.1", port: 2525 },
  postgres: "postgres://superimap:secret@127.0.0.1:54329/postgres",
  nats: "nats://127.0.0.1:42229",
  oauth: {
    issuer: "http://127.0.0.1:8791",
    provider: "DEMO_OAUTH2",
    tag: "demo-oauth",
    accounts: ["olga@demo.test"],
  },
  provider: "PLAIN",
  partner: { name: "Demo", api_key: "sk_1", webhook_secret: "whsec_1" },
  users: [{ tag: "alice", login: "alice", password: "secret", address: "alice@demo.test" }],
  pids: { stack: process.pid },
};

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let path: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder.path, "stack.json");
});
afterEach(() => folder[Symbol.asyncDispose]());

test("a stack file is read as written, and only its owner may read it", async () => {
  await writeStackFile(path, stack);
  expect(await readStackFile(path)).toEqual(stack);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("a stack whose process has ended does not count", async () => {
  // There is no process 9,999,999: the largest process id that Linux assigns is 4,194,304.
  await writeStackFile(path, { ...stack, pids: { stack: process.pid, fleet: 9_999_999 } });
  expect(await readStackFile(path)).toBeUndefined();
});

test.each(["", "{", JSON.stringify({ ...stack, edge: "nowhere" })])(
  "a stack file that holds %j does not count",
  async (text) => {
    await writeFile(path, text);
    expect(await readStackFile(path)).toBeUndefined();
  },
);
