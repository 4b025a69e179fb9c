import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { parseArgs, parseEnv as parseEnvFile } from "node:util";
import * as v from "valibot";
import { parseEnv } from "../../shared/env.ts";
import { toErrorText } from "../../shared/errors.ts";
import { createLog } from "../../shared/log.ts";
import {
  generateMailboxKeys,
  generatePartnerKeys,
  mailboxPrivateKeys,
  publicHalf,
} from "../../shared/secrets/vault.ts";

/**
 * Makes the secrets of an installation with compose.yaml, each for the services that need it. Each
 * folder is a volume of its own:
 *
 *   fleet/fleet.env     all of them; it is made once and never changed
 *   edge/edge.env       without the keys that open mailbox passwords
 *   postgres/password   the password of Postgres
 *
 * The last two are written at each run, from the first.
 */
const USAGE = "make-secrets.ts --to <folder> --database <address without password>";
/** The files are in volumes that only root of the host and these containers can read. */
const MODE = 0o644;

const log = createLog((line) => void process.stdout.write(`${line}\n`));
const wanted = v.object({
  DATABASE_URL: v.string(),
  MAILBOX_PRIVATE_KEYS: mailboxPrivateKeys,
  PARTNER_KEYS: v.string(),
});

try {
  const { values } = parseArgs({
    options: { to: { type: "string" }, database: { type: "string" } },
  });
  if (values.to === undefined || values.database === undefined) throw new Error(USAGE);
  const main = join(values.to, "fleet", "fleet.env");
  const isNew = !existsSync(main);
  if (isNew) await writeFile(main, await newSecrets(values.database), { mode: MODE, flag: "wx" });
  const kept = parseEnvFile(await readFile(main, "utf8"));
  const { DATABASE_URL, PARTNER_KEYS, MAILBOX_PRIVATE_KEYS } = parseEnv(wanted, kept);
  const edge = {
    DATABASE_URL,
    PARTNER_KEYS,
    MAILBOX_PUBLIC_KEYS: JSON.stringify(publicHalf(MAILBOX_PRIVATE_KEYS)),
  };
  await writeFile(join(values.to, "edge", "edge.env"), toLines(edge), { mode: MODE });
  const { password } = new URL(DATABASE_URL);
  await writeFile(join(values.to, "postgres", "password"), password, { mode: MODE });
  log.info(isNew ? "secrets.made" : "secrets.kept");
} catch (error) {
  log.error("secrets.failed", { error: toErrorText(error) });
  process.exitCode = 1;
}

async function newSecrets(address: string): Promise<string> {
  const url = new URL(address);
  url.password = randomBytes(24).toString("hex");
  const { privateKeys } = await generateMailboxKeys();
  return toLines({
    DATABASE_URL: url.href,
    MAILBOX_PRIVATE_KEYS: JSON.stringify(privateKeys),
    PARTNER_KEYS: JSON.stringify(generatePartnerKeys()),
  });
}

/** In single quotes, because the values are JSON. */
function toLines(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join("");
}
