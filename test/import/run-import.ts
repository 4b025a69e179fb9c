import { runImportCommand } from "../../ops/import-superimap/import-command.ts";
import type { StackContext } from "../../dev/stack/stack-context.ts";
import { ENCRYPTION_KEY } from "./superimap-database.ts";

/** The parts of a stack that the import needs. */
export interface ImportTarget {
  context: Pick<StackContext, "keys">;
  address: { url: string };
}

export interface ImportSurroundings {
  env?: Record<string, string | undefined>;
  /** When the import prints this line, it gets the signal to stop. */
  stopAt?: string;
}

/** Runs `npm run import:superimap` with these arguments, in this process. */
export async function runImport(
  { context: { keys }, address }: ImportTarget,
  args: readonly string[],
  { env = {}, stopAt }: ImportSurroundings = {},
): Promise<{ stdout: string; stderr: string; code: number }> {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const stop = new AbortController();
  const deps = {
    env: {
      DATABASE_URL: address.url,
      MAILBOX_PRIVATE_KEYS: keys.mailbox_private_keys,
      PARTNER_KEYS: keys.partner_keys,
      SUPERIMAP_ENCRYPTION_KEY: ENCRYPTION_KEY,
      ...env,
    },
    say(line: string) {
      stdout.push(line);
      if (line === stopAt) stop.abort();
    },
    complain: (line: string) => stderr.push(line),
  };
  const code = await runImportCommand(deps, args, stop.signal);
  return { stdout: stdout.join("\n"), stderr: stderr.join("\n"), code };
}
