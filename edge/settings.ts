import * as v from "valibot";
import { address, parseEnv } from "../shared/env.ts";
import {
  mailboxPublicKeys,
  mailboxSealer,
  type Opener,
  partnerKeys,
  partnerVault,
  type Sealer,
} from "../shared/vault.ts";

const environment = v.object({
  DATABASE_URL: address("postgres:", "postgresql:"),
  /** host:port of the WebSocket proxy to a Postgres that is not Neon. */
  DATABASE_PROXY: v.optional(v.pipe(v.string(), v.regex(/^[^\s/]+:\d{1,5}$/, "must be host:port"))),
  MAILBOX_PUBLIC_KEYS: mailboxPublicKeys,
  PARTNER_KEYS: partnerKeys,
  /** Where partners reach the edge: the base of the links in answers. */
  PUBLIC_URL: v.pipe(
    address("https:", "http:"),
    v.transform((url) => url.replace(/\/+$/, "")),
  ),
});

export interface Settings {
  databaseUrl: string;
  databaseProxy: string | undefined;
  publicUrl: string;
  /** Seals what only the fleet opens. */
  mailboxSealer: Sealer;
  partnerVault: Sealer & Opener;
}

/** @throws {EnvError} that names all faults and no value. */
export function readSettings(env: Readonly<Record<string, unknown>>): Settings {
  const parsed = parseEnv(environment, env);
  return {
    databaseUrl: parsed.DATABASE_URL,
    databaseProxy: parsed.DATABASE_PROXY,
    publicUrl: parsed.PUBLIC_URL,
    mailboxSealer: mailboxSealer(parsed.MAILBOX_PUBLIC_KEYS),
    partnerVault: partnerVault(parsed.PARTNER_KEYS),
  };
}
