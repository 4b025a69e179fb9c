import type { TracerUser } from "../../db/tracers/tracer-users.ts";
import type { ImapServer } from "../mailbox/imap/imap-server.ts";

/** The server that accepts a user's outgoing mail (RFC 6409). */
export interface SubmissionServer {
  host: string;
  port: number;
  /** `tls` means TLS from the start, called implicit TLS (RFC 8314, 3). */
  security: "tls" | "starttls" | "none";
  /**
   * Whether the host was named by the user, and not by the provider. Such a host must have a public
   * address.
   */
  isOwnHost: boolean;
}

const IMPLICIT_TLS_PORT = 465;
const SUBMISSION_PORT = 587;

/**
 * Returns the server by which a user sends mail. If the user named the IMAP server, the same host
 * is assumed to be the SMTP server.
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

/**
 * Returns the account's address: a provider accepts no other sender. Null means that it is not
 * known.
 */
export const findSender = ({ email, loginUsername }: TracerUser): string | null =>
  [email, loginUsername].find((name) => name?.includes("@")) ?? null;
