import { readFile } from "node:fs/promises";

/**
 * Stops a program and its children, as if their machine hung. Disposing lets them continue. Linux
 * only.
 */
export async function freeze(pid: number): Promise<AsyncDisposable> {
  process.kill(pid, "SIGSTOP");
  // The program is already stopped, so it cannot start another child now.
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  const children = list.split(" ").filter(Boolean).map(Number);
  for (const child of children) process.kill(child, "SIGSTOP");
  return {
    [Symbol.asyncDispose]() {
      for (const one of [...children, pid]) process.kill(one, "SIGCONT");
      return Promise.resolve();
    },
  };
}
