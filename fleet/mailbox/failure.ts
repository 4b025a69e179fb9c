/** Why a session ended, as far as it decides what happens next. */
export type Failure =
  /** The server refused the credentials: a person must act. */
  | { kind: "auth_failed"; reason: "wrong_password" }
  /** The server could not be reached, or is not one we can trust. */
  | {
      kind: "unreachable";
      reason: "host_not_found" | "connection_refused" | "timeout" | "certificate_not_trusted";
    }
  /** Anything that may be gone at the next try. */
  | {
      kind: "transient";
      reason: "connection_lost" | "too_many_connections" | "server_unavailable" | "command_refused";
    };

/** A failure of the IMAP server or of the way to it; never of our own database or bus. */
export class ImapError extends Error {
  override readonly name = "ImapError";
  readonly failure: Failure;

  constructor(action: string, cause: unknown) {
    const failure = failureOf(cause);
    super(`Cannot ${action}: ${failure.reason.replaceAll("_", " ")}`, { cause });
    this.failure = failure;
  }
}

/** What an IMAP library throws, as far as it is looked at. */
interface LibraryError {
  code?: unknown;
  authenticationFailed?: unknown;
  serverResponseCode?: unknown;
  responseStatus?: unknown;
  responseText?: unknown;
}

/** Response codes with which a server says "not now" instead of "not you" (RFC 5530, 3; Gmail, Yahoo). */
const TRY_LATER = new Map<unknown, Failure>([
  ["UNAVAILABLE", { kind: "transient", reason: "server_unavailable" }],
  ["SERVERBUG", { kind: "transient", reason: "server_unavailable" }],
  ["INUSE", { kind: "transient", reason: "server_unavailable" }],
  ["LIMIT", { kind: "transient", reason: "too_many_connections" }],
  ["THROTTLED", { kind: "transient", reason: "too_many_connections" }],
]);

const UNREACHABLE = new Map<unknown, Failure>([
  ["ENOTFOUND", { kind: "unreachable", reason: "host_not_found" }],
  ["EAI_AGAIN", { kind: "unreachable", reason: "host_not_found" }],
  ["ECONNREFUSED", { kind: "unreachable", reason: "connection_refused" }],
  ["EHOSTUNREACH", { kind: "unreachable", reason: "connection_refused" }],
  ["ENETUNREACH", { kind: "unreachable", reason: "connection_refused" }],
  ["ETIMEDOUT", { kind: "unreachable", reason: "timeout" }],
  ["ETIMEOUT", { kind: "unreachable", reason: "timeout" }],
  ["CONNECT_TIMEOUT", { kind: "unreachable", reason: "timeout" }],
  ["GREETING_TIMEOUT", { kind: "unreachable", reason: "timeout" }],
  ["UPGRADE_TIMEOUT", { kind: "unreachable", reason: "timeout" }],
]);

const TOO_MANY = /too many (simultaneous )?connections|maximum number of connections/i;
const BAD_CERTIFICATE = /CERT|SELF_SIGNED|^ERR_TLS|UNABLE_TO_/;

/** Reads an error of the IMAP library. What is not known is transient: it is tried again with back-off. */
export function failureOf(error: unknown): Failure {
  const known: LibraryError = typeof error === "object" && error !== null ? error : {};
  const later = TRY_LATER.get(known.serverResponseCode);
  if (later) return later;
  // BAD says that the command was not understood, and nothing of the password (RFC 9051, 7.1.3).
  if (known.authenticationFailed === true && known.responseStatus !== "BAD") {
    return typeof known.responseText === "string" && TOO_MANY.test(known.responseText)
      ? { kind: "transient", reason: "too_many_connections" }
      : { kind: "auth_failed", reason: "wrong_password" };
  }
  const unreachable = UNREACHABLE.get(known.code);
  if (unreachable) return unreachable;
  if (typeof known.code === "string" && BAD_CERTIFICATE.test(known.code)) {
    return { kind: "unreachable", reason: "certificate_not_trusted" };
  }
  const answered = known.responseStatus === "NO" || known.responseStatus === "BAD";
  return { kind: "transient", reason: answered ? "command_refused" : "connection_lost" };
}
