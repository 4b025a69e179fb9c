import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { toErrorText } from "../shared/errors.ts";
import { generateMailboxKeys, generatePartnerKeys } from "../shared/secrets/vault.ts";
import { ringLines } from "./rotate-keys/key-file.ts";

const USAGE = "npm run keys:new -- --to <file>";

try {
  const { values } = parseArgs({ options: { to: { type: "string" } } });
  if (values.to === undefined) throw new Error(USAGE);
  const { privateKeys: mailbox } = await generateMailboxKeys();
  const lines = ringLines({ mailbox, partner: generatePartnerKeys() });
  // Never overwrites a file. Secrets that are sealed with overwritten keys would be lost.
  await writeFile(values.to, lines, { mode: 0o600, flag: "wx" });
} catch (error) {
  console.error(toErrorText(error));
  process.exitCode = 1;
}
