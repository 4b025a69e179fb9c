import type { TracerUser } from "../../db/tracers/tracer-users.ts";
import type { ImapServer } from "../mailbox/imap/imap-server.ts";

/** Where mail is handed in for a user (RFC 6409). */
export interface SubmissionServer {
  host: string;
  port: number;
  /** `tls` from the start is called implicit TLS (RFC 8314, 3). */
  security: "tls" | "starttls" | "none";
  /** The user named it, and not the provider: it must have a public address. */
  isOwnHost: boolean;
}

const IMPLICIT_TLS_PORT = 465;
const SUBMISSION_PORT = 587;

/**
 * The server by which a user sends. One with a mail server of its own is taken to hand mail in at the
 * same host.
 *
 * @returns null when the provider names none.
 */
export function submissionServerOf(
  smtp: Pick<TracerUser, "smtpHost" | "smtpPort" | "smtpStarttls">,
  { host: imapHost, isOwnHost }: Pick<ImapServer, "host" | "isOwnHost">,
): SubmissionServer | null {
  const host = isOwnHost ? imapHost : smtp.smtpHost;
  if (host === null || host === "") return null;
  const port = smtp.smtpPort ?? SUBMISSION_PORT;
  const otherwise = smtp.smtpStarttls ? "starttls" : "none";
  return { host, port, security: port === IMPLICIT_TLS_PORT ? "tls" : otherwise, isOwnHost };
}

/** A provider takes no sender but the one whom the account belongs to; null when that is not known. */
export const senderOf = ({ email, loginUsername }: TracerUser): string | null =>
  [email, loginUsername].find((name) => name?.includes("@")) ?? null;
