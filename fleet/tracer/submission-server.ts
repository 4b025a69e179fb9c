import type { TracerUser } from "../../db/tracers/tracer-users.ts";
import type { ImapServer } from "../mailbox/imap/imap-server.ts";

/** The server that accepts a user's outgoing mail (RFC 6409). */
export interface SubmissionServer {
  host: string;
  port: number;
  /** `tls` means TLS from the start, called implicit TLS (RFC 8314, 3). */
  security: "tls" | "starttls" | "none";
  /**
   * Whether the user named the host, and not the provider. Such a host must have a public address.
   */
  isOwnHost: boolean;
}

const IMPLICIT_TLS_PORT = 465;
const SUBMISSION_PORT = 587;

/**
 * Returns the server by which a user sends mail. A user who named an IMAP host is assumed to send
 * by the same host.
 *
 * @returns null when the provider has no SMTP host.
 */
export function toSubmissionServer(
  smtp: Pick<TracerUser, "smtpHost" | "smtpPort" | "smtpStarttls">,
  { host: imapHost, isOwnHost }: Pick<ImapServer, "host" | "isOwnHost">,
): SubmissionServer | null {
  const host = isOwnHost ? imapHost : smtp.smtpHost;
  if (host === null || host === "") return null;
  const port = smtp.smtpPort ?? SUBMISSION_PORT;
  const otherwise = smtp.smtpStarttls ? "starttls" : "none";
  return { host, port, security: port === IMPLICIT_TLS_PORT ? "tls" : otherwise, isOwnHost };
}

/** Returns the account's address, or null if it is unknown. A provider accepts no other sender. */
export const findSender = ({ email, loginUsername }: TracerUser): string | null =>
  [email, loginUsername].find((name) => name?.includes("@")) ?? null;
