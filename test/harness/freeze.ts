import { readFile } from "node:fs/promises";

/** Freezes a program and its children at any point, as if their machine hangs. Linux only. */
export async function freeze(pid: number): Promise<AsyncDisposable> {
  process.kill(pid, "SIGSTOP");
  // The program is stopped, so it cannot start more children.
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
