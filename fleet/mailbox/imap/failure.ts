import type { ReasonCode } from "../../../shared/reasons.ts";

/** Why a session ended, as far as it decides what happens next. */
export interface Failure {
  kind: /** The credentials are refused: a person must act. */
    | "auth_failed"
    /** The server could not be reached, or is not one we can trust. */
    | "unreachable"
    /** Anything that may be gone at the next try. */
    | "transient";
  reason: ReasonCode;
}

/** A failure of the IMAP server or of the way to it; never of our own database or bus. */
export class ImapError extends Error {
  override readonly name = "ImapError";
  readonly failure: Failure;

  /** @param refusal What it means when the server refuses the login without a word. */
  constructor(action: string, cause: unknown, refusal: ReasonCode = "wrong_password") {
    const failure = failureOf(cause, refusal);
    super(`Cannot ${action}: ${failure.reason.replaceAll("_", " ")}`, { cause });
    this.failure = failure;
  }
}

/** The host that a user named is not one of the internet. */
export class HostNotAllowed extends Error {
  override readonly name = "HostNotAllowed";
}

/** What an IMAP library throws, as far as it is looked at. */
interface LibraryError {
  code?: unknown;
  authenticationFailed?: unknown;
  serverResponseCode?: unknown;
  responseStatus?: unknown;
  responseText?: unknown;
  /** The text of the response, where the library threw by its own judgement. */
  response?: unknown;
  message?: unknown;
}

/** Response codes with which a server says "not now" instead of "not you" (RFC 5530, 3; Gmail, Yahoo). */
const TRY_LATER = new Map<unknown, Failure>([
  ["UNAVAILABLE", { kind: "transient", reason: "server_unavailable" }],
  ["SERVERBUG", { kind: "transient", reason: "server_unavailable" }],
  ["INUSE", { kind: "transient", reason: "server_unavailable" }],
  ["TEMPFAIL", { kind: "transient", reason: "server_unavailable" }],
  ["CONTACTADMIN", { kind: "transient", reason: "server_unavailable" }],
  ["OVERQUOTA", { kind: "transient", reason: "server_unavailable" }],
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

/** What servers say in words: Gmail, Exchange Online, Yahoo, Dovecot and Cyrus. */
const WORDS: readonly [sign: RegExp, failure: Failure][] = [
  [
    /too many (simultaneous |concurrent |open )?connections|maximum number of connections|rate limit|is throttled|exceeded .*(bandwidth|command)/i,
    { kind: "transient", reason: "too_many_connections" },
  ],
  // Not where the same text calls the password wrong.
  [
    /^(?!.*\b(invalid|incorrect|wrong|bad)\b).*(server unavailable|temporar(y|ily)|too many login failures|try again later)/is,
    { kind: "transient", reason: "server_unavailable" },
  ],
  // Exchange says so at times for a moment, and for ever where there is no mailbox.
  [
    /authenticated but not connected/i,
    { kind: "transient", reason: "authenticated_not_connected" },
  ],
];
const REFUSAL_WORDS: readonly [sign: RegExp, reason: ReasonCode][] = [
  [
    // "Yet to enable IMAP" is Zoho's.
    /not enabled for IMAP|IMAP (access )?is (disabled|not enabled)|ProtocolDisabled|yet to enable IMAP/i,
    "imap_disabled",
  ],
  // QQ and 163 call it an authorized code.
  [
    /application-specific password|app(lication)? password|authori[sz](ed|ation) code/i,
    "app_password_required",
  ],
  [/web ?browser|web login required/i, "web_login_required"],
  [/basic ?auth(entication)? (is )?(disabled|blocked)|BasicAuthBlocked/i, "oauth_required"],
];

const BAD_CERTIFICATE = /CERT|SELF_SIGNED|^ERR_TLS|UNABLE_TO_/;

/** Reads an error of the IMAP library. What is not known is transient: it is tried again with back-off. */
export function failureOf(error: unknown, refusal: ReasonCode = "wrong_password"): Failure {
  if (error instanceof HostNotAllowed) return { kind: "unreachable", reason: "host_not_allowed" };
  const known: LibraryError = typeof error === "object" && error !== null ? error : {};
  const later = TRY_LATER.get(known.serverResponseCode);
  if (later) return later;
  const words = [known.responseText, known.response].filter((text) => typeof text === "string");
  const said = WORDS.find(([sign]) => sign.test(words.join(" ")))?.[1];
  if (said) return said;
  // BAD says that the command was not understood, and nothing of the password (RFC 9051, 7.1.3).
  if (known.authenticationFailed === true && known.responseStatus !== "BAD") {
    if (known.serverResponseCode === "WEBALERT") {
      return { kind: "auth_failed", reason: "web_login_required" };
    }
    const reason = REFUSAL_WORDS.find(([sign]) => sign.test(words.join(" ")))?.[1] ?? refusal;
    return { kind: "auth_failed", reason };
  }
  if (known.message === "Unsupported authentication mechanism") {
    return { kind: "unreachable", reason: "mechanism_missing" };
  }
  const unreachable = UNREACHABLE.get(known.code);
  if (unreachable) return unreachable;
  if (typeof known.code === "string" && BAD_CERTIFICATE.test(known.code)) {
    return { kind: "unreachable", reason: "certificate_not_trusted" };
  }
  const answered = known.responseStatus === "NO" || known.responseStatus === "BAD";
  return { kind: "transient", reason: answered ? "command_refused" : "connection_lost" };
}
