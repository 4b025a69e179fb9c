import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as v from "valibot";
import type { AccountSettings } from "./accounts/account.ts";
import { createChaos } from "./chaos/chaos.ts";
import { parseChaosFile } from "./chaos/chaos-file.ts";
import type { ImapServerOptions } from "./imap-server.ts";
import { introspection, type IntrospectionOptions } from "./sasl/introspection.ts";

const Port = v.pipe(
  v.string("needs a value"),
  v.regex(/^\d{1,5}$/, "must be a port number"),
  v.transform(Number),
  v.maxValue(65_535, "must be a port number"),
);
const Path = v.pipe(v.string("needs a value"), v.nonEmpty("must not be empty"));

const Arguments = v.object({
  host: v.optional(Path, "127.0.0.1"),
  "imap-port": v.optional(Port, "1143"),
  "imaps-port": v.optional(Port, "1993"),
  "smtp-port": v.optional(Port, "2525"),
  directory: v.optional(Path),
  "tls-key": v.optional(Path),
  "tls-cert": v.optional(Path),
  chaos: v.optional(Path),
  introspection: v.optional(Path),
  accounts: v.pipe(v.optional(v.string("needs a value"), ""), v.nonEmpty("is missing")),
});

const AccountsFile = v.array(
  v.object({
    login: v.pipe(v.string(), v.nonEmpty()),
    password: v.pipe(v.string(), v.nonEmpty()),
    address: v.pipe(v.string(), v.includes("@")),
  }),
);

const IntrospectionFile = v.object({
  url: v.pipe(v.string(), v.url()),
  client: v.object({ id: v.string(), secret: v.string() }),
  mail_scope: v.string(),
});

type Settings =
  | { ok: true; server: ImapServerOptions; accounts: AccountSettings[] }
  | { ok: false; faults: string[] };

/**
 * Reads the arguments and the files that they name. Reports all faults at once, without the values
 * of the arguments.
 */
export function readServerSettings(args: string[]): Settings {
  const names = Object.keys(Arguments.entries);
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  const { values, positionals } = parseArgs({
    args,
    options,
    strict: false,
    allowPositionals: true,
  });
  const faults = Object.keys(values)
    .filter((name) => !names.includes(name))
    .map((name) => `--${name} is not known`);
  if (positionals.length > 0) faults.push("there are arguments without an option before them");

  const parsed = v.safeParse(Arguments, values);
  if (!parsed.success) {
    faults.push(...parsed.issues.map((issue) => `--${v.getDotPath(issue)} ${issue.message}`));
    return { ok: false, faults };
  }
  const given = parsed.output;
  const accounts = readAccounts(given.accounts, faults);
  const key = readOptional("tls-key", given["tls-key"], faults);
  const cert = readOptional("tls-cert", given["tls-cert"], faults);
  const introspected = readIntrospection(given.introspection, faults);
  const chaosText = readOptional("chaos", given.chaos, faults);
  const chaos = chaosText === undefined ? undefined : parseChaosFile(chaosText, faults);
  if ((given["tls-key"] === undefined) !== (given["tls-cert"] === undefined)) {
    faults.push("--tls-key and --tls-cert must be given together");
  }
  if (faults.length > 0) return { ok: false, faults };
  const server: ImapServerOptions = {
    host: given.host,
    port: given["imap-port"],
    tlsPort: given["imaps-port"],
    smtpPort: given["smtp-port"],
    ...(given.directory !== undefined && { directory: given.directory }),
    ...(key !== undefined && cert !== undefined && { tls: { key, cert } }),
    ...(introspected && { oauth2: { check: introspection(introspected) } }),
    ...(chaos && { chaos: createChaos(chaos) }),
  };
  return { ok: true, server, accounts };
}

function readAccounts(path: string, faults: string[]): AccountSettings[] {
  const text = readText("accounts", path, faults);
  if (text === undefined) return [];
  const accounts = v.safeParse(v.pipe(v.string(), v.parseJson(), AccountsFile), text);
  if (accounts.success) return accounts.output;
  // The messages of valibot are left out, because they repeat the input, which may be a password.
  const places = accounts.issues.map((issue) => v.getDotPath(issue) ?? "the file");
  faults.push(`--accounts is no list of {login, password, address}: see ${places.join(", ")}`);
  return [];
}

function readIntrospection(
  path: string | undefined,
  faults: string[],
): IntrospectionOptions | undefined {
  const text = readOptional("introspection", path, faults);
  if (text === undefined) return undefined;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), IntrospectionFile), text);
  if (!parsed.success) {
    faults.push("--introspection is no {url, client: {id, secret}, mail_scope}");
    return undefined;
  }
  const { url: introspectUrl, client, mail_scope: mailScope } = parsed.output;
  return { introspectUrl, client, mailScope };
}

function readOptional(
  name: string,
  path: string | undefined,
  faults: string[],
): string | undefined {
  return path === undefined ? undefined : readText(name, path, faults);
}

function readText(name: string, path: string, faults: string[]): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    faults.push(`--${name} names a file that cannot be read: ${reason}`);
    return undefined;
  }
}
