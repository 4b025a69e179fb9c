import { readFile } from "node:fs/promises";
import { type DebianView, inDebianView } from "../../../dev/debian/debian-view.ts";
import { Program } from "../../../dev/processes/program.ts";
import { findProcess, waitForEnd } from "../../../dev/processes/running-process.ts";
import type { StateFolder } from "../../../dev/stack/state-folder.ts";

export interface ViewProgram {
  name: string;
  folder: StateFolder;
  view: DebianView;
  command: readonly string[];
  cwd: string;
  isReady: (output: string) => boolean | Promise<boolean>;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;

/**
 * Starts a server from a Debian package that is unpacked but not installed. Disposing stops the
 * server, and waits until all its processes have ended.
 */
export async function startInView({
  view,
  command,
  ...options
}: ViewProgram): Promise<AsyncDisposable> {
  const program = await Program.start({
    ...options,
    ...inDebianView(view, command),
    stopSignal: "SIGKILL",
    signal: AbortSignal.timeout(START_TIMEOUT_MS),
  });
  const { pid } = program;
  // The started program is `unshare`. Its only child is the first process of a PID namespace. This
  // child ends after all other processes of the namespace.
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  const first = findProcess(Number(children.trim()));
  return {
    async [Symbol.asyncDispose]() {
      await program.stop();
      if (first) await waitForEnd(first, STOP_TIMEOUT_MS);
    },
  };
}
