import { ensurePages } from "../servers/pages.ts";
import { ensureChromium } from "../servers/chromium.ts";
import { ensureCourier } from "../servers/courier.ts";
import { ensureCyrus } from "../servers/cyrus.ts";
import { ensureDovecot } from "../servers/dovecot.ts";
import { natsBinary, natsVersion, unpackNatsServer } from "../servers/nats-binary.ts";
import { NATS_SUITES } from "../servers/nats-suites.ts";
import type { Progress } from "../terminal/progress.ts";
import { findPrometheus } from "../servers/prometheus.ts";

/** What a check needs in addition to the checkout. */
export type Requirement = "servers" | "browser" | "olderNats";

/**
 * The environment variable that says whether the two older nats-servers for tests are available.
 */
export const OLDER_NATS = "OLDER_NATS";

interface Optional {
  title: string;
  /** The environment variable that says whether the program is available. Tests read it. */
  variable: string;
  /** What is skipped when the program is missing. */
  skipped: string;
  bring(): Promise<boolean>;
}

const OPTIONAL: Readonly<Record<Requirement, readonly Optional[]>> = {
  servers: [
    {
      title: "Dovecot",
      variable: "DOVECOT",
      skipped: "its tests (packages dovecot-imapd and dovecot-lmtpd)",
      bring: ensureDovecot,
    },
    {
      title: "Courier",
      variable: "COURIER",
      skipped: "its tests (package courier-imap)",
      bring: ensureCourier,
    },
    {
      title: "Cyrus",
      variable: "CYRUS",
      skipped: "its tests (package cyrus-imapd)",
      bring: ensureCyrus,
    },
    {
      title: "Prometheus",
      variable: "PROMETHEUS",
      skipped: "the tests of ops/ (package prometheus)",
      bring: async () => (await findPrometheus()) !== undefined,
    },
  ],
  browser: [
    {
      title: "Chromium",
      variable: "CHROMIUM",
      skipped: "tests of pages (package chromium)",
      bring: ensureChromium,
    },
  ],
  olderNats: [
    {
      title: "nats-server, older versions",
      variable: OLDER_NATS,
      skipped: "tests on them (Debian's archive)",
      bring: async () => {
        for (const suite of [NATS_SUITES.oldest, NATS_SUITES.refused])
          await unpackNatsServer(suite);
        return true;
      },
    },
  ],
};

/**
 * Finds the programs that the checks need. Installs or unpacks missing ones if possible.
 *
 * @param mayBeMissing Whether tests are skipped if their program is missing. Otherwise, and always
 * for nats-server, a missing program is an error.
 * @returns The environment variables for the tests.
 * @throws {Error} when a program is missing.
 */
export async function bringRequirements(
  wanted: ReadonlySet<Requirement>,
  { progress, mayBeMissing }: { progress: Progress; mayBeMissing: boolean },
): Promise<Record<string, string>> {
  if (wanted.size === 0) return {};
  const natsServer = await progress.step("nats-server", natsBinary);
  progress.say(`  ${natsVersion(natsServer)}, ${natsServer}`);
  const env: Record<string, string> = { NATS_SERVER: natsServer };
  // Builds the pages once. Otherwise parallel tests would each build them.
  await progress.step("Pages", ensurePages);
  const optional = [...wanted].flatMap((requirement) => OPTIONAL[requirement]);
  for (const { title, variable, skipped, bring } of optional) {
    const isThere = await progress.step(title, () => bring().catch(() => false));
    env[variable] = isThere ? "available" : "unavailable";
    if (isThere) continue;
    if (!mayBeMissing) throw new Error(`Cannot test: ${title} is missing and cannot be installed`);
    progress.say(`!!! ${title.toUpperCase()} IS MISSING: skipping ${skipped}`);
  }
  return env;
}
