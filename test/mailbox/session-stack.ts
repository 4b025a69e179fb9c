import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";
import { type Certificates, keepCertificates } from "../../dev/stack/certificates.ts";
import { temporaryFolder } from "../../dev/processes/temporary-folder.ts";
import { InputTurns } from "../../fleet/mailbox/imap/input/input-turns.ts";
import { readBody } from "../../fleet/bus/stored-body.ts";
import type { NewMailEvent } from "../../shared/users/events.ts";
import type { ImapTimeouts } from "../../fleet/mailbox/imap/imap-client.ts";
import type { LaneQuota } from "../../fleet/quota/lane-quota.ts";
import { RecordGroups } from "../../fleet/mailbox/catch-up/recording/record-groups.ts";
import { createSessions, type Sessions } from "../../fleet/mailbox/session/sessions.ts";
import type { TracerWatch } from "../../fleet/mailbox/catch-up/recording/tracer-watch.ts";
import { createTokens, type Tokens } from "../../fleet/tokens/tokens.ts";
import { type Clock, systemClock } from "../../shared/clock.ts";
import { createPlaces, type Places } from "../../shared/concurrency/places.ts";
import { isCourierMissing, startCourier } from "../harness/mail-servers/courier/courier.ts";
import { isCyrusMissing, startCyrus } from "../harness/mail-servers/cyrus/cyrus.ts";
import { isDovecotMissing, startDovecot } from "../harness/mail-servers/dovecot/dovecot.ts";
import { type FleetStack, startFleetStack } from "../harness/stacks/fleet-stack.ts";
import { endlessQuota } from "../harness/endless-quota.ts";
import { startInHouse } from "../harness/mail-servers/in-house-mail-server.ts";
import type { MailServer } from "../harness/mail-servers/mail-server.ts";

/** A mail server, and everything else that a session needs. */
export interface SessionStack extends FleetStack {
  server: MailServer;
  certificates: Certificates;
  /** A TLS context that trusts the server's certificate. */
  secureContext: SecureContext;
  /** Refreshes and holds the access tokens of the sessions. */
  tokens: Tokens;
  /** Runs sessions in this process, as an instance of the fleet does. */
  openSessions(settings?: SessionTestSettings): Sessions;
  /** Returns the body that BODIES has at a sequence number. */
  storedBody(event: NewMailEvent | undefined): Promise<Uint8Array | undefined>;
}

export interface SessionTestSettings {
  maxEmailSizeBytes?: number;
  pollIntervalMs?: number;
  lookIntervalMs?: number;
  usesIdleWatch?: boolean;
  parkedRetryMs?: number;
  mailPace?: { perSecond: number; ahead: number };
  timeouts?: Partial<ImapTimeouts>;
  wantsNewMail?: () => boolean;
  heard?: (userId: string, caughtUpMs: number | null) => void;
  allowsPrivateHosts?: boolean;
  clock?: Clock;
  quota?: LaneQuota;
  tracers?: TracerWatch;
  readers?: Places;
}

const TIMEOUTS: ImapTimeouts = {
  connectMs: 5_000,
  greetingMs: 5_000,
  commandMs: 10_000,
  logoutMs: 2_000,
};

type StartServer = (certificates: Certificates) => Promise<MailServer>;

/** The servers for which every test must pass. For `describe.each`. */
export const MAIL_SERVERS: { name: string; startServer: StartServer }[] = [
  { name: "the in-house server", startServer: startInHouse },
  ...(isDovecotMissing ? [] : [{ name: "Dovecot", startServer: startDovecot }]),
];

/**
 * The servers for the tests of the session itself. Each server beside MAIL_SERVERS costs 15 s, and
 * so runs only under Bun, the fleet's runtime in production.
 */
export const SESSION_SERVERS = [
  ...MAIL_SERVERS,
  ...(process.versions["bun"] === undefined ? [] : furtherServers()),
];

function furtherServers() {
  return [
    ...(isCourierMissing ? [] : [{ name: "Courier", startServer: startCourier }]),
    ...(isCyrusMissing ? [] : [{ name: "Cyrus", startServer: startCyrus }]),
  ];
}

/**
 * @param startFleet Starts the fleet stack that the session stack extends. Use startOwnFleetStack()
 * for a PostgreSQL that can be stopped.
 */
export async function startSessionStack(startServer: StartServer): Promise<SessionStack>;
export async function startSessionStack<Fleet extends FleetStack>(
  startServer: StartServer,
  startFleet: () => Promise<Fleet>,
): Promise<Fleet & SessionStack>;
export async function startSessionStack(
  startServer: StartServer,
  startFleet: () => Promise<FleetStack> = startFleetStack,
): Promise<SessionStack> {
  await using opened = new AsyncDisposableStack();
  const folder = opened.use(await temporaryFolder());
  const certificates = await keepCertificates(join(folder.path, "certificates"));
  const server = opened.use(await startServer(certificates));
  const fleet = opened.use(await startFleet());
  const secureContext = createSecureContext({ ca: await readFile(certificates.caFile, "utf8") });
  const tokens = opened.use(
    createTokens(
      {
        ...fleet,
        clock: systemClock,
        mailboxVault: fleet.vaults.mailbox,
        partnerVault: fleet.vaults.partner,
      },
      { timeoutMs: 1_000, concurrency: 4, renewalMarginMs: 300_000 },
    ),
  );
  const owned = opened.move();
  return {
    ...fleet,
    server,
    certificates,
    secureContext,
    tokens,
    openSessions: ({
      wantsNewMail = () => true,
      heard = () => {},
      quota = endlessQuota,
      clock = systemClock,
      timeouts,
      tracers,
      readers = createPlaces(4),
      ...settings
    } = {}) =>
      createSessions(
        {
          ...fleet,
          recordGroups: new RecordGroups({ db: fleet.db, clock: systemClock }),
          clock,
          mailboxVault: fleet.vaults.mailbox,
          wantsNewMail: async () => wantsNewMail(),
          heard,
          ...(tracers && { tracers }),
          mayRead: () => true,
          quota,
          loginGate: { pass: () => Promise.resolve() },
          partnerVault: fleet.vaults.partner,
          tokens,
          readers,
          logins: createPlaces(10),
          secureContext,
          turns: new InputTurns(systemClock),
        },
        {
          maxEmailSizeBytes: 1_024 * 1_024,
          pollIntervalMs: 100,
          lookIntervalMs: 9 * 60_000,
          usesIdleWatch: true,
          confirmRefusalMs: 300,
          parkedRetryMs: 500,
          allowsPrivateHosts: true,
          ...settings,
          timeouts: { ...TIMEOUTS, ...timeouts },
        },
      ),
    storedBody: async (event) =>
      event &&
      (await readBody(fleet.bus, {
        seq: event.body_seq ?? 0,
        id: event.id,
        key: event.body_key,
      })),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
