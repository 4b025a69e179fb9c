import type { Identity } from "../processes/program.ts";
import { runCommand } from "../processes/run-command.ts";

/**
 * Whom a mail server runs as; undefined for oneself. Root would make it switch between several users: as one
 * ordinary user it is the same everywhere.
 */
export async function unprivilegedIdentity(): Promise<Identity | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = async (flag: string) => Number(await runCommand("id", { args: [flag, "nobody"] }));
  return { uid: await idOf("-u"), gid: await idOf("-g") };
}
