import { parseArgs } from "node:util";
import * as v from "valibot";
import { address, EnvError, flag, parseEnv, wholeNumber } from "../../shared/env.ts";
import { toErrorText } from "../../shared/errors.ts";
import { mailboxVault, partnerVault } from "../../shared/secrets/vault.ts";
import { DEFAULT_WEBHOOK_PORTS, webhookPorts } from "../../shared/network/webhook-url.ts";
import { openNamedDatabase } from "../../dev/stack/named-database.ts";
import { readRings } from "../rotate-keys/key-file.ts";
import { importAll } from "./import-all.ts";
import { newReport } from "./report.ts";
import { KEY_SETTING, secretReader } from "./secret-reader.ts";
import { openSource, type Source } from "./source.ts";

const USAGE = `npm run import:superimap -- --from postgres://… [--dry-run] [--partner NAME|ID] [--days 30] [--allow-plain-http]

  --from              the database of SuperIMAP, which is only read; or the environment's SUPERIMAP_DATABASE_URL
  --dry-run           says what would be done and could not be, and writes nothing
  --partner           only this partner, by its name or its id there
  --days              how far back its mail logs are remembered, and mail is read: 1 to 365
  --allow-plain-http  marks partners for plain HTTP that have a webhook there, instead of leaving them out

${KEY_SETTING} is the ENCRYPTION_KEY that SuperIMAP runs with. DATABASE_URL, MAILBOX_PRIVATE_KEYS and
PARTNER_KEYS are the fleet's; WEBHOOK_PORTS, too, where it is set. See docs/superimap.md, Importing a SuperIMAP.`;

const settings = v.object({
  SUPERIMAP_DATABASE_URL: address("postgres:", "postgresql:"),
  SUPERIMAP_ENCRYPTION_KEY: v.optional(v.string()),
  DAYS: v.optional(wholeNumber(1, 365), "30"),
  WEBHOOK_PORTS: v.optional(webhookPorts, DEFAULT_WEBHOOK_PORTS),
  ALLOW_HTTP_WEBHOOKS: v.optional(flag, "false"),
  ALLOW_PRIVATE_HOSTS: v.optional(flag, "false"),
});

const DAY_MS = 86_400_000;
/**
 * SuperIMAP counts as stopped when its last heartbeat is this old. Its daemons write a heartbeat
 * every ten seconds.
 */
const STOPPED_AFTER_S = 60;
const SAMPLE = 50;

export interface ImportCommandDeps {
  env: Readonly<Record<string, string | undefined>>;
  say: (line: string) => void;
  complain: (line: string) => void;
}

/**
 * Runs `npm run import:superimap` with these arguments. After `signal` has stopped the import, the
 * next run continues it.
 *
 * @returns The exit code: 1 when the import failed, or anything was left out.
 */
export async function runImportCommand(
  deps: ImportCommandDeps,
  args: readonly string[],
  signal: AbortSignal,
): Promise<0 | 1> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        from: { type: "string" },
        "dry-run": { type: "boolean", default: false },
        partner: { type: "string" },
        days: { type: "string" },
        "allow-plain-http": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      deps.say(USAGE);
      return 0;
    }
    return await runImport(deps, values, signal);
  } catch (error) {
    deps.complain(signal.aborted ? "Stopped; run it again for the rest" : toErrorText(error));
    if (error instanceof EnvError) deps.complain([...error.faults, "", USAGE].join("\n"));
    return 1;
  }
}

interface Given {
  from?: string | undefined;
  "dry-run": boolean;
  partner?: string | undefined;
  days?: string | undefined;
  "allow-plain-http": boolean;
}

async function runImport(deps: ImportCommandDeps, given: Given, signal: AbortSignal) {
  const { env } = deps;
  const named = { ...env, ...(given.from && { SUPERIMAP_DATABASE_URL: given.from }) };
  const parsed = parseEnv(settings, { ...named, DAYS: given.days });
  const rings = await readRings(undefined, env);
  await using source = await openSource(parsed.SUPERIMAP_DATABASE_URL);
  const sample = await source.someSecrets(SAMPLE);
  const decrypt = secretReader(parsed.SUPERIMAP_ENCRYPTION_KEY, sample);
  const isDryRun = given["dry-run"];
  if (!isDryRun) await expectStopped(source);
  await using database = await openNamedDatabase(env);
  const report = newReport(deps);
  const waiting = await source.waitingWebhooks();
  if (waiting > 0) {
    const why = `${waiting} webhooks wait there: let its worker send them first, because they are not imported`;
    report.leftOut("delayed_jobs", why);
  }
  const now = new Date();
  const context = {
    source,
    db: database.db,
    vaults: { mailbox: mailboxVault(rings.mailbox), partner: partnerVault(rings.partner) },
    decrypt,
    rules: {
      webhookUrls: {
        ports: parsed.WEBHOOK_PORTS,
        allowsHttp: parsed.ALLOW_HTTP_WEBHOOKS,
        allowsPrivateHosts: parsed.ALLOW_PRIVATE_HOSTS,
      },
      allowsPlainHttp: given["allow-plain-http"],
    },
    report,
    isDryRun,
    rememberedSince: new Date(now.getTime() - parsed.DAYS * DAY_MS),
    now,
  };
  await importAll(context, given.partner, signal);
  deps.say(report.summary());
  if (isDryRun) deps.say("Nothing was written: run it without --dry-run");
  return report.faults() === 0 ? 0 : 1;
}

/**
 * Throws while SuperIMAP is running. If both systems watched the same mailboxes, partners would get
 * every mail twice.
 */
async function expectStopped(source: Source): Promise<void> {
  const heartbeatS = await source.lastHeartbeatS();
  if (heartbeatS === null || heartbeatS >= STOPPED_AFTER_S) return;
  throw new Error(
    `Cannot import: SuperIMAP is running, its last heartbeat was ${heartbeatS} s ago; stop it and wait a minute, or use --dry-run`,
  );
}
