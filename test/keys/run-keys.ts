import { spawn } from "node:child_process";
import { once } from "node:events";
import { inCheckout } from "../../dev/checkout.ts";
import { runKeyCommand } from "../../ops/rotate-keys/key-command.ts";

export interface KeysRun {
  stdout: string;
  stderr: string;
  code: number;
}

export interface DatabaseAddress {
  url: string;
}

/** Runs `npm run keys` with these arguments, in this process. */
export async function runKeys(
  address: DatabaseAddress,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<KeysRun> {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const deps = {
    env: { DATABASE_URL: address.url, ...env },
    say: (line: string) => stdout.push(line),
    complain: (line: string) => stderr.push(line),
  };
  const code = await runKeyCommand(deps, args, new AbortController().signal);
  return { stdout: stdout.join("\n"), stderr: stderr.join("\n"), code };
}

/** Runs the reseal job in a child process. Kills it as soon as it prints the text `when`. */
export async function killReseal(
  address: DatabaseAddress,
  file: string,
  when: string,
): Promise<void> {
  const args = [inCheckout("ops", "rotate-keys.ts"), "reseal", "--from", file];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, DATABASE_URL: address.url },
    stdio: ["ignore", "pipe", "inherit"],
  });
  child.stdout.on("data", (data) => {
    if (String(data).includes(when)) child.kill("SIGKILL");
  });
  const [, signal] = await once(child, "close");
  if (signal !== "SIGKILL") throw new Error(`The job ended before it said ${when}`);
}
