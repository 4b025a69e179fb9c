import { spawn } from "node:child_process";
import { once } from "node:events";

export interface RunOptions {
  /** The complete environment of the program. */
  env: Readonly<Record<string, string>>;
  cwd?: string;
  /** The user to run the program as; by default the current user. */
  uid?: number | undefined;
  /** When the program has printed this text, it gets SIGTERM. */
  stopsAt: string;
}

/** Runs a program until it ends. Returns its exit code and its output. */
export async function runToEnd(
  command: string,
  args: readonly string[],
  { env, cwd, uid, stopsAt }: RunOptions,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(command, args, {
    env,
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    ...(uid !== undefined && { uid, gid: uid }),
  });
  let output = "";
  const take = (chunk: Buffer) => {
    const hadCome = output.includes(stopsAt);
    output += chunk.toString();
    if (!hadCome && output.includes(stopsAt)) child.kill("SIGTERM");
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const [code] = await once(child, "close");
  return { code, output };
}
