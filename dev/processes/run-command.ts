import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { ProcessIdentity } from "./program.ts";

export interface CommandOptions {
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  identity?: ProcessIdentity | undefined;
  signal?: AbortSignal;
}

/**
 * Runs a command until it ends, and returns its stdout.
 *
 * @throws {Error} when the command fails. The message contains its stderr or, if that is empty, its
 * stdout.
 */
export async function runCommand(command: string, options: CommandOptions): Promise<string> {
  const { args, env, cwd, identity, signal } = options;
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    signal,
    ...identity,
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  if (code === 0) return stdout;
  throw new Error(`${command} ended with code ${code}\n${(stderr || stdout).trim()}`);
}
