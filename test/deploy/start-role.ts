import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { inCheckout } from "../../dev/checkout.ts";

export interface StartedRole extends AsyncDisposable {
  /** What it has printed so far. */
  output(): string;
  /** Resolves with the exit code. */
  ended: Promise<unknown>;
  /** Sends SIGTERM, and resolves with the exit code. */
  stop(): Promise<unknown>;
}

/** Makes a folder with a program `bun`, and returns a PATH that finds it. */
export async function pathWithBun(folder: string): Promise<string> {
  await mkdir(join(folder, "bin"), { recursive: true });
  await symlink(inCheckout("node_modules", "bun", "bin", "bun.exe"), join(folder, "bin", "bun"));
  return `${join(folder, "bin")}:/usr/bin:/bin`;
}

/** Starts what the image starts. The process has these variables only. */
export function startRole(env: Readonly<Record<string, string>>): StartedRole {
  const child = spawn("sh", ["ops/container/start.sh"], {
    cwd: inCheckout(),
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  }
  const ended = once(child, "close").then(([code]: unknown[]) => code);
  return {
    output: () => output,
    ended,
    async stop(): Promise<unknown> {
      child.kill("SIGTERM");
      return await ended;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
