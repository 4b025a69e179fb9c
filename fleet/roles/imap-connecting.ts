import { readFileSync } from "node:fs";
import { createSecureContext, rootCertificates } from "node:tls";
import type { Clock } from "../../shared/clock.ts";
import { createPlaces } from "../../shared/concurrency/places.ts";
import type { ConnectDeps, LogInSettings } from "../mailbox/login/log-in.ts";
import { createLoginGate } from "../mailbox/login/login-gate.ts";
import { InputTurns } from "../mailbox/imap/input/input-turns.ts";
import { isWatching } from "../roster/heartbeat.ts";
import type { Roster } from "../roster/roster.ts";
import type { FleetSettings } from "../settings.ts";

/**
 * Returns what all logins of this process share: the logins of sessions, of sweeps and of login
 * checks.
 */
export function imapConnecting(
  { clock, roster }: { clock: Clock; roster: Pick<Roster, "live"> },
  settings: FleetSettings,
): ConnectDeps {
  const watchingInstances = () => roster.live().filter(isWatching).length;
  return {
    loginGate: createLoginGate({ clock }, { ratePerS: settings.LOGIN_RATE }, watchingInstances),
    logins: createPlaces(settings.LOGIN_CONCURRENCY),
    secureContext: trustedAuthorities(settings.IMAP_CA_FILE),
    turns: new InputTurns(clock),
  };
}

/** Returns the settings of a login. */
export const logInSettings = (settings: FleetSettings): LogInSettings => ({
  maxEmailSizeBytes: settings.MAX_EMAIL_SIZE,
  allowsPrivateHosts: settings.ALLOW_PRIVATE_HOSTS,
  timeouts: {
    connectMs: settings.IMAP_CONNECT_TIMEOUT,
    greetingMs: settings.IMAP_GREETING_TIMEOUT,
    commandMs: settings.IMAP_COMMAND_TIMEOUT,
    logoutMs: settings.IMAP_LOGOUT_TIMEOUT,
  },
});

/**
 * Returns one context for all connections. If each connection had its own context, it would parse
 * the certificates of all authorities again.
 */
function trustedAuthorities(file: string | undefined) {
  return createSecureContext(
    file === undefined ? {} : { ca: [...rootCertificates, readFileSync(file, "utf8")] },
  );
}
