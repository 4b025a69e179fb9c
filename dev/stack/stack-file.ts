import { rm } from "node:fs/promises";
import * as v from "valibot";
import { readJsonFile, writePrivateFile } from "../processes/private-file.ts";

const text = v.pipe(v.string(), v.nonEmpty());
const url = v.pipe(v.string(), v.url());
const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));

/** `.dev/stack.json`: the data of a running stack for scripts and tests. */
const stackFile = v.strictObject({
  edge: url,
  sink: url,
  imap: v.strictObject({ host: text, port, tls_port: port, ca_file: text }),
  smtp: v.strictObject({ host: text, port }),
  postgres: url,
  nats: url,
  oauth: v.strictObject({
    issuer: url,
    /** Code of the provider whose accounts are connected in a browser. */
    provider: text,
    /** Tag of the user that is not connected yet. */
    tag: text,
    accounts: v.array(text),
  }),
  /** Code of the provider of the demo mailboxes. */
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
 * Reads the file of a running stack; undefined when there is no file, or a process of the stack has
 * ended.
 */
export async function readStackFile(path: string): Promise<StackAddresses | undefined> {
  const stack = await readJsonFile(path, stackFile);
  return stack && Object.values(stack.pids).every(exists) ? stack : undefined;
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process exists, but belongs to another user (postgres), so it may not be
    // signalled.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
