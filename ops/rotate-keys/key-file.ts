import { readFile } from "node:fs/promises";
import { parseEnv as parseEnvFile } from "node:util";
import * as v from "valibot";
import { parseEnv } from "../../shared/env.ts";
import { mailboxPrivateKeys, partnerKeys, publicHalf } from "../../shared/secrets/vault.ts";
import { inCheckout } from "../../dev/checkout.ts";
import { readKeys } from "../../dev/stack/keys.ts";
import { stateFolder } from "../../dev/stack/state-folder.ts";
import type { KeyRings } from "./key-rings.ts";

const settings = v.object({
  MAILBOX_PRIVATE_KEYS: mailboxPrivateKeys,
  PARTNER_KEYS: partnerKeys,
});

/**
 * Reads the rings from a file with lines NAME=value, or without a file from the environment. If the
 * environment has no keys and no DATABASE_URL, reads the rings of the stack in this checkout.
 *
 * @throws {EnvError} when a ring is missing or invalid. The error contains no keys.
 */
export async function readRings(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<KeyRings> {
  const given = file === undefined ? await readEnvironment(env) : await parsedFile(file);
  const { MAILBOX_PRIVATE_KEYS: mailbox, PARTNER_KEYS: partner } = parseEnv(settings, given);
  return { mailbox, partner };
}

async function readEnvironment(env: Readonly<Record<string, string | undefined>>) {
  if (env["MAILBOX_PRIVATE_KEYS"] || env["PARTNER_KEYS"] || env["DATABASE_URL"]) return env;
  const keys = await readKeys(stateFolder(inCheckout(".dev")).keysFile);
  return keys
    ? { MAILBOX_PRIVATE_KEYS: keys.mailbox_private_keys, PARTNER_KEYS: keys.partner_keys }
    : env;
}

async function parsedFile(file: string) {
  try {
    return parseEnvFile(await readFile(file, "utf8"));
  } catch (cause) {
    throw new Error(`Cannot read the keys: there is no readable file ${file}`, { cause });
  }
}

/**
 * Returns these rings as the lines of a settings file: the settings of the fleet and of the edge.
 */
export const ringLines = ({ mailbox, partner }: KeyRings): string =>
  [
    `MAILBOX_PUBLIC_KEYS=${JSON.stringify(publicHalf(mailbox))}`,
    `MAILBOX_PRIVATE_KEYS=${JSON.stringify(mailbox)}`,
    `PARTNER_KEYS=${JSON.stringify(partner)}`,
    "",
  ].join("\n");
