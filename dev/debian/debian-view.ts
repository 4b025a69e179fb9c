import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Identity } from "../processes/program.ts";
import { runCommand } from "../processes/run-command.ts";
import { temporaryFolder } from "../processes/temporary-folder.ts";
import { unprivilegedIdentity } from "../servers/unprivileged-identity.ts";

export interface DebianView {
  /** Laid over the system's /usr: what unpackDebianRoot() left. */
  root: string;
  /** Laid over the system's /etc. */
  etc: string;
  /** Stands for the system's /run. */
  run: string;
  /** Further folders, each over one that the view has. */
  binds: readonly { from: string; to: string }[];
  /** Whom root's programs run as; undefined for oneself. */
  identity: Identity | undefined;
}

/** As root of the view: the last process is no longer root, so the first one stays to end with all of them. */
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
 * The command that runs another in a view of the file system that only it and its children have, where unpacked packages lie as if they
 * were installed: for programs that have paths compiled in. All its processes end when the first one is killed
 * (SIGKILL: it ignores SIGTERM). Root may always do this, others where the kernel lets them make namespaces.
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

function asNobodySpecial(identity: Identity | undefined): string[] {
  if (identity) {
    return ["setpriv", `--reuid=${identity.uid}`, `--regid=${identity.gid}`, "--clear-groups"];
  }
  // The view made one root of itself.
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  return ["unshare", "--user", `--map-user=${uid}`, `--map-group=${gid}`];
}

/** Runs a program of the view to its end. */
export async function runInDebianView(view: DebianView, program: readonly string[]): Promise<void> {
  const { command, args } = inDebianView(view, program);
  await runCommand(command, { args });
}

/** Whether this machine lets us have views of an unpacked root. */
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
