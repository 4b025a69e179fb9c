import { rm } from "node:fs/promises";
import * as v from "valibot";
import { readJsonFile, writePrivateFile } from "../processes/private-file.ts";

const text = v.pipe(v.string(), v.nonEmpty());
const url = v.pipe(v.string(), v.url());
const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));

/**
 * The content of `.dev/stack.json`: the addresses and credentials of a running stack, for scripts
 * and tests.
 */
const stackFile = v.strictObject({
  edge: url,
  sink: url,
  imap: v.strictObject({ host: text, port, tls_port: port, ca_file: text }),
  smtp: v.strictObject({ host: text, port }),
  postgres: url,
  nats: url,
  oauth: v.strictObject({
    issuer: url,
    /** The code of the provider whose accounts a person connects in a browser. */
    provider: text,
    /** The tag of the user whose account is not connected yet. */
    tag: text,
    accounts: v.array(text),
  }),
  /** The code of the demo mailboxes' provider. */
  provider: text,
  partner: v.strictObject({ name: text, api_key: text, webhook_secret: text }),
  users: v.array(v.strictObject({ tag: text, login: text, password: text, address: text })),
  pids: v.record(v.string(), v.pipe(v.number(), v.integer())),
});

export type StackAddresses = v.InferOutput<typeof stackFile>;

export const writeStackFile = (path: string, stack: StackAddresses) =>
  writePrivateFile(path, `${JSON.stringify(v.parse(stackFile, stack), null, 2)}\n`);

export const removeStackFile = (path: string) => rm(path, { force: true });

/**
 * Reads the file of a running stack. Returns undefined when the file is missing, or a process of
 * the stack has ended.
 */
export async function readStackFile(path: string): Promise<StackAddresses | undefined> {
  const stack = await readJsonFile(path, stackFile);
  return stack && Object.values(stack.pids).every(exists) ? stack : undefined;
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM means that the process exists but runs as another user (PostgreSQL does).
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
