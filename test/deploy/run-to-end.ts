import { spawn } from "node:child_process";
import { once } from "node:events";

export interface RunOptions {
  /** All environment variables of the program. */
  env: Readonly<Record<string, string>>;
  cwd?: string;
  /** The user id to run the program as. Undefined means the current user. */
  uid?: number | undefined;
  /** The program gets SIGTERM when it has printed this text. */
  stopsAt: string;
}

/** Runs a program until it exits. Returns its exit code and its output. */
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
