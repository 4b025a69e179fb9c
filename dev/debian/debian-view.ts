import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ProcessIdentity } from "../processes/program.ts";
import { runCommand } from "../processes/run-command.ts";
import { temporaryFolder } from "../processes/temporary-folder.ts";
import { unprivilegedIdentity } from "../servers/unprivileged-identity.ts";

export interface DebianView {
  /** The folder of unpackDebianRoot(). The `usr` in it is laid over the system's /usr. */
  root: string;
  /** A folder that is laid over the system's /etc. */
  etc: string;
  /** A folder that replaces the system's /run. */
  run: string;
  /** More folders, each mounted over an existing one. */
  binds: readonly { from: string; to: string }[];
  /** The user that programs run as when we are root; undefined for the current user. */
  identity: ProcessIdentity | undefined;
}

/**
 * The script that sets up the view, as root of the view, and starts the program. The shell stays as
 * the first process, since the program gives up its root rights: when the shell is killed, all
 * processes end.
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
 * Returns a command that runs a program in its own view of the file system. In the view, unpacked
 * packages seem to be installed, so programs with compiled-in paths work. All processes of the view
 * end when the first process is killed (with SIGKILL: it ignores SIGTERM). Root can always run the
 * command; other users can if the kernel lets them create namespaces.
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
  // The current user is root in the view, so a second user namespace maps root back to this user.
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  return ["unshare", "--user", `--map-user=${uid}`, `--map-group=${gid}`];
}

/** Runs a program in the view until it ends. */
export async function runInDebianView(view: DebianView, program: readonly string[]): Promise<void> {
  const { command, args } = inDebianView(view, program);
  await runCommand(command, { args });
}

/** Returns whether a program can run in a view of this root on this machine. */
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
