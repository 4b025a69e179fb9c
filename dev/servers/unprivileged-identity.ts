import type { ProcessIdentity } from "../processes/program.ts";
import { runCommand } from "../processes/run-command.ts";

/**
 * Returns the user that a mail server runs as. Undefined means the current user. As root, a mail
 * server would switch between users. Here it behaves the same on every machine, because it never
 * runs as root.
 */
export async function unprivilegedIdentity(): Promise<ProcessIdentity | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const readId = async (flag: string) => Number(await runCommand("id", { args: [flag, "nobody"] }));
  return { uid: await readId("-u"), gid: await readId("-g") };
}
