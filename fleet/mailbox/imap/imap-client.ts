import { isIP } from "node:net";
import type { SecureContext } from "node:tls";
import { ImapFlow } from "imapflow";
import type { Credentials } from "./login/credentials.ts";
import type { ImapServer } from "./imap-server.ts";
import { authOptionsOf, useMechanism } from "./login/sasl.ts";
import type { ClientLog } from "./failures/client-log.ts";
import type { InputTurns } from "./input/input-turns.ts";

/** Deadlines of one connection. Whoever passes one of them is taken for dead. */
export interface ImapTimeouts {
  connectMs: number;
  greetingMs: number;
  /** The longest silence during a command, and before a server acknowledges IDLE. */
  commandMs: number;
  logoutMs: number;
}

export interface ConnectOptions {
  server: Pick<ImapServer, "host" | "port" | "security" | "idleMinutes">;
  /** What is dialled in the place of the host: an address that was looked at before. */
  address?: string;
  credentials: Credentials;
  /** Trusted authorities; one for the whole process. */
  secureContext: SecureContext;
  /** Just above the largest mail that is fetched: a server that announces more is not believed. */
  maxLiteralBytes: number;
  timeouts: ImapTimeouts;
  /** Shares the event loop among the mail servers; one for the whole process. */
  turns: InputTurns;
}

/** Each costs about a hundred bytes while its response is parsed. */
const MAX_RESPONSE_TOKENS = 200_000;
const MINUTE_MS = 60_000;

/**
 * The library's client, as we use it.
 *
 * @param log Takes what the client says nowhere else.
 */
export function newImapClient(options: ConnectOptions, log: ClientLog): ImapFlow {
  const { server, credentials, secureContext, maxLiteralBytes, timeouts } = options;
  const client = new ImapFlow({
    host: options.address ?? server.host,
    // Of the certificate and of SNI, which knows no addresses (RFC 6066, 3).
    ...(isIP(server.host) === 0 && { servername: server.host }),
    port: server.port,
    secure: server.security === "tls",
    doSTARTTLS: server.security === "starttls",
    auth: authOptionsOf(credentials),
    tls: { secureContext },
    logger: log,
    emitLogs: false,
    // The library would wait 15 s after each command before it idles again.
    disableAutoIdle: true,
    // Costs 326 KB a connection.
    disableCompression: true,
    qresync: false,
    connectionTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.greetingMs,
    // Longer than any silence that is meant: the session renews IDLE before, commands have their own deadline.
    socketTimeout: (server.idleMinutes + 1) * MINUTE_MS,
    maxLiteralSize: maxLiteralBytes,
    maxResponseTokens: MAX_RESPONSE_TOKENS,
  });
  useMechanism(client, credentials);
  return client;
}
