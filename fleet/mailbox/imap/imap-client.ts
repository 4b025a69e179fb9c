import { isIP } from "node:net";
import type { ClientSocket } from "./idle/idle-socket.ts";
import type { SecureContext } from "node:tls";
import { ImapFlow } from "imapflow";
import type { Credentials } from "./login/credentials.ts";
import type { ImapServer } from "./imap-server.ts";
import { toAuthOptions, useMechanism } from "./login/sasl.ts";
import type { ClientLog } from "./failures/client-log.ts";
import type { InputTurns } from "./input/input-turns.ts";

/** Deadlines of one connection. A server that misses one counts as dead. */
export interface ImapTimeouts {
  connectMs: number;
  greetingMs: number;
  /** The longest silence during a command, and the longest wait for the acknowledgement of IDLE. */
  commandMs: number;
  logoutMs: number;
}

export interface ConnectOptions {
  server: Pick<ImapServer, "host" | "port" | "security" | "idleMinutes">;
  /** If set, the client connects to this IP address of the host, which was checked to be public. */
  address?: string;
  credentials: Credentials;
  /** Trusted certificate authorities. The whole process uses one context. */
  secureContext: SecureContext;
  /** Just above the size of the largest mail that is fetched. A larger literal is refused. */
  maxLiteralBytes: number;
  timeouts: ImapTimeouts;
  /**
   * Shares the time of the event loop between mail servers. All connections of the process use the
   * same object.
   */
  turns: InputTurns;
}

/** A socket whose session is logged in. */
export interface ContinuedSocket {
  socket: ClientSocket;
  isEncrypted: boolean;
}

/**
 * How many tokens a response may have. Each takes about a hundred bytes while its response is
 * parsed.
 */
const MAX_RESPONSE_TOKENS = 200_000;
const MINUTE_MS = 60_000;

/**
 * Creates an ImapFlow client with our options.
 *
 * @param log Receives the client's log. The client reports some problems only there.
 * @param continued A logged-in connection for the client. Default: the client makes a new
 * connection.
 */
export function newImapClient(
  options: ConnectOptions,
  log: ClientLog,
  continued?: ContinuedSocket,
): ImapFlow {
  const { server, credentials, secureContext, maxLiteralBytes, timeouts } = options;
  const client = new ImapFlow({
    host: options.address ?? server.host,
    // The client compares this name with the certificate, and sends it as SNI. SNI allows no IP
    // addresses (RFC 6066, 3).
    ...(isIP(server.host) === 0 && { servername: server.host }),
    port: server.port,
    secure: continued ? continued.isEncrypted : server.security === "tls",
    doSTARTTLS: continued === undefined && server.security === "starttls",
    ...(continued && { transport: transportOf(continued.socket) }),
    auth: toAuthOptions(credentials),
    tls: { secureContext },
    logger: log,
    emitLogs: false,
    // With automatic IDLE, ImapFlow would wait 15 s after each command before it sends IDLE again.
    disableAutoIdle: true,
    // Compression would take 326 KB of memory per connection.
    disableCompression: true,
    qresync: false,
    connectionTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.greetingMs,
    // A healthy connection never reaches this timeout: the session renews IDLE earlier, and
    // commands have their own deadline.
    socketTimeout: (server.idleMinutes + 1) * MINUTE_MS,
    maxLiteralSize: maxLiteralBytes,
    maxResponseTokens: MAX_RESPONSE_TOKENS,
  });
  useMechanism(client, credentials);
  return client;
}

/** Returns a transport that gives ImapFlow a connected socket. */
const transportOf = (socket: ClientSocket) => ({
  connect(_options: object, onConnect: () => void) {
    queueMicrotask(onConnect);
    return socket;
  },
});
