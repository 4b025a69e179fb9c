import { isIP } from "node:net";
import type { SecureContext } from "node:tls";
import { createTransport } from "nodemailer";
import type { ImapTimeouts } from "../mailbox/imap/imap-client.ts";
import type { Credentials } from "../mailbox/imap/login/credentials.ts";
import type { SubmissionServer } from "./submission-server.ts";

export interface SmtpOptions {
  server: SubmissionServer;
  /** What to connect to: the host, or one of its IP addresses that was found to be public. */
  dialled: string;
  credentials: Exclude<Credentials, { kind: "oauth1" }>;
  /** Trusted certificate authorities. The whole process uses one context. */
  secureContext: SecureContext;
  timeouts: Pick<ImapTimeouts, "connectMs" | "greetingMs" | "commandMs">;
}

/** Creates nodemailer's client with our options: one connection, and no second try. */
export function createSmtpTransport(options: SmtpOptions) {
  const { server, dialled, credentials, secureContext, timeouts } = options;
  const transport = createTransport({
    pool: true,
    maxConnections: 1,
    maxRequeues: 0,
    host: dialled,
    port: server.port,
    secure: server.security === "tls",
    requireTLS: server.security === "starttls",
    ignoreTLS: server.security === "none",
    // `servername` is compared with the certificate and sent as SNI. SNI allows no IP addresses
    // (RFC 6066, 3).
    tls: { secureContext, ...(isIP(server.host) === 0 && { servername: server.host }) },
    auth: toAuth(credentials),
    connectionTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.greetingMs,
    socketTimeout: timeouts.commandMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  // If a mail cannot be sent, `sendMail()` rejects. Errors of idle connections can be ignored.
  transport.on("error", () => {});
  return transport;
}

function toAuth(credentials: SmtpOptions["credentials"]) {
  const { username: user } = credentials;
  return credentials.kind === "password"
    ? { user, pass: credentials.password }
    : { type: "OAuth2", user, accessToken: credentials.accessToken };
}
