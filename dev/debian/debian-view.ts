import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ProcessIdentity } from "../processes/program.ts";
import { runCommand } from "../processes/run-command.ts";
import { temporaryFolder } from "../processes/temporary-folder.ts";
import { unprivilegedIdentity } from "../servers/unprivileged-identity.ts";

export interface DebianView {
  /**
   * The folder that unpackDebianRoot() created. Its `usr` is mounted over the system's /usr. Files
   * of the system that this `usr` does not contain stay visible.
   */
  root: string;
  /** A folder that is mounted over the system's /etc in the same way. */
  etc: string;
  /** A folder that replaces the system's /run. */
  run: string;
  /** More folders to mount, each over an existing folder. */
  binds: readonly { from: string; to: string }[];
  /** If this process is root, programs run as this user. Undefined means the current user. */
  identity: ProcessIdentity | undefined;
}

/**
 * Mounts the folders and starts the program. The shell is root of the namespace and its first
 * process. When the shell is killed, all processes of the namespace end. `--kill-child` kills the
 * shell when `unshare` ends.
 *
 * The shell must not `exec` the program. The program gives up its root rights, and the kernel does
 * not kill such a process.
 */
const SCRIPT = `
set -e
root=$1 etc=$2 run=$3
shift 3
mount -t overlay overlay -o "lowerdir=$root/usr:/usr" /usr
mount -t overlay overlay -o "lowerdir=$etc:/etc" /etc
mount --bind "$run" /run
while test "$1" != --; do
  mount --bind "$1" "$2"
  shift 2
done
shift
"$@" &
wait $!
`;

/**
 * Returns a command that runs a program in a Linux namespace in which unpacked packages seem
 * installed. So programs with compiled-in paths work.
 *
 * The command ignores SIGTERM. SIGKILL ends all processes of the namespace. Users other than root
 * can run the command only if the kernel lets them create namespaces.
 */
export function inDebianView(
  { root, etc, run, binds, identity }: DebianView,
  program: readonly string[],
): { command: string; args: string[] } {
  const isRoot = process.getuid?.() === 0;
  const namespaces = ["--mount", "--pid", "--fork", "--kill-child"];
  const mounts = binds.flatMap(({ from, to }) => [from, to]);
  return {
    command: "unshare",
    args: [
      ...(isRoot ? namespaces : ["--user", "--map-root-user", ...namespaces]),
      ...["sh", "-c", SCRIPT, "view", root, etc, run, ...mounts, "--"],
      ...asNobodySpecial(identity),
      ...program,
    ],
  };
}

function asNobodySpecial(identity: ProcessIdentity | undefined): string[] {
  if (identity) {
    return ["setpriv", `--reuid=${identity.uid}`, `--regid=${identity.gid}`, "--clear-groups"];
  }
  // Inside the view, the current user appears as root. A second user namespace maps root back to
  // the user.
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  return ["unshare", "--user", `--map-user=${uid}`, `--map-group=${gid}`];
}

/** Runs a program in the view until it ends. */
export async function runInDebianView(view: DebianView, program: readonly string[]): Promise<void> {
  const { command, args } = inDebianView(view, program);
  await runCommand(command, { args });
}

/**
 * Returns whether this machine can run a program in a view with the packages that are unpacked in
 * `root`.
 */
export async function canView(root: string): Promise<boolean> {
  await using folder = await temporaryFolder();
  const [etc, run] = [join(folder.path, "etc"), join(folder.path, "run")];
  await mkdir(etc);
  await mkdir(run);
  const view = { root, etc, run, binds: [], identity: await unprivilegedIdentity() };
  return await runInDebianView(view, ["true"]).then(
    () => true,
    () => false,
  );
}
