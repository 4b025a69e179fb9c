import type { ReasonCode } from "../../../../shared/users/reasons.ts";
import { HostNotAllowed, type SessionFailure } from "./failure.ts";
import type { Excess } from "../input/input-guard.ts";
import { TooSlow } from "../input/least-rate.ts";
import { CODES, REFUSAL_WORDS, TRY_AGAIN, WORDS, WRONG_CREDENTIALS } from "./refusal-words.ts";

/** Additional facts about a failure. */
export interface Circumstances {
  /** The reason to report when the server refuses a login without an explanation. */
  refusal?: ReasonCode;
  /** Text and response code of the server's last BYE. */
  bye?: string | undefined;
  byeCode?: string | undefined;
  /** Milliseconds that the server asked the client to wait. */
  throttledMs?: number | null;
  /** True if the server's first line was no IMAP greeting. */
  isOther?: boolean;
  isEncrypted?: boolean;
  /** Set if this process closed the connection because of what the server sent; otherwise null. */
  excess?: Excess | null;
}

/** The fields of an error of the IMAP library that are used here. */
interface LibraryError {
  code?: unknown;
  /** Whether the login failed. ImapFlow also sets this when the server did not answer the login. */
  authenticationFailed?: unknown;
  serverResponseCode?: unknown;
  /** NO or BAD if the error is the server's answer to a command. */
  responseStatus?: unknown;
  responseText?: unknown;
  /** In some errors, such as those of a login, the text of the response. In others, an object. */
  response?: unknown;
  message?: unknown;
}

const UNREACHABLE = new Map<unknown, ReasonCode>([
  ["ENOTFOUND", "host_not_found"],
  ["EAI_AGAIN", "host_not_found"],
  ["ECONNREFUSED", "connection_refused"],
  ["EHOSTUNREACH", "connection_refused"],
  ["ENETUNREACH", "connection_refused"],
  ["ETIMEDOUT", "timeout"],
  ["ETIMEOUT", "timeout"],
  ["CONNECT_TIMEOUT", "timeout"],
  ["GREETING_TIMEOUT", "timeout"],
  ["UPGRADE_TIMEOUT", "timeout"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "no_tls_on_port"],
  ["ERR_SSL_PACKET_LENGTH_TOO_LONG", "no_tls_on_port"],
  ["ERR_SSL_HTTP_REQUEST", "no_tls_on_port"],
  ["ERR_SSL_UNSUPPORTED_PROTOCOL", "tls_too_old"],
  ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "tls_too_old"],
  ["ERR_SSL_VERSION_TOO_LOW", "tls_too_old"],
]);

/** Messages of errors that ImapFlow or the runtime throws. */
const OWN_WORDS = new Map<unknown, ReasonCode>([
  ["Unsupported authentication mechanism", "mechanism_missing"],
  ["Server does not support STARTTLS", "starttls_not_offered"],
  ["STARTTLS is not possible after a PREAUTH greeting", "starttls_not_offered"],
  // Node and Bun throw this when a server closes the connection at the start of the TLS handshake.
  [
    "Client network socket disconnected before secure TLS connection was established",
    "no_tls_on_port",
  ],
]);

const EXCESSES = {
  too_much_sent: "server_sent_too_much",
  stalled: "server_stalled_us",
} as const satisfies Record<Excess, ReasonCode>;

/** Only this many characters of a server's text are searched for the reason of a failure. */
const MAX_TEXT_LENGTH = 1_000;
const BAD_CERTIFICATE = /CERT|SELF_SIGNED|^ERR_TLS|UNABLE_TO_/;

/**
 * Classifies an error of the IMAP library. After an unknown error, further sessions are tried, with
 * back-off.
 */
export function readFailure(error: unknown, circumstances: Circumstances = {}): SessionFailure {
  if (error instanceof HostNotAllowed) return { kind: "unreachable", reason: "host_not_allowed" };
  if (error instanceof TooSlow) return { kind: "transient", reason: "server_too_slow" };
  const known: LibraryError = typeof error === "object" && error !== null ? error : {};
  if (circumstances.excess) return { kind: "transient", reason: EXCESSES[circumstances.excess] };
  if (circumstances.throttledMs) return { kind: "transient", reason: "too_many_connections" };
  return (
    CODES.get(known.serverResponseCode ?? (isAnswer(known) ? undefined : circumstances.byeCode)) ??
    saidInWords(known, circumstances) ??
    refusedLogin(known, circumstances) ??
    notReached(known, circumstances) ?? {
      kind: "transient",
      reason: isAnswer(known) ? "command_refused" : "connection_lost",
    }
  );
}

function saidInWords(known: LibraryError, { bye }: Circumstances): SessionFailure | undefined {
  const text = joinTexts(known, bye);
  const said = WORDS.find(([signs]) => signs.some((sign) => sign.test(text)))?.[1];
  if (said) return said;
  return TRY_AGAIN.test(text) ? { kind: "transient", reason: "server_unavailable" } : undefined;
}

/**
 * Returns the failure if the server refused the credentials, otherwise undefined. A NO is always a
 * refusal. A BAD usually means that the server did not understand the command (RFC 9051, 7.1.3). It
 * is a refusal only if its code or text says so.
 */
function refusedLogin(
  known: LibraryError,
  { refusal = "wrong_password", bye }: Circumstances,
): SessionFailure | undefined {
  if (known.authenticationFailed !== true) return undefined;
  if (known.serverResponseCode === "WEBALERT")
    return { kind: "auth_failed", reason: "web_login_required" };
  const text = joinTexts(known, bye);
  const said = REFUSAL_WORDS.find(([signs]) => signs.some((sign) => sign.test(text)))?.[1];
  if (said) return said;
  const isWrong =
    known.responseStatus === "NO" ||
    (known.responseStatus === "BAD" &&
      (known.serverResponseCode === "AUTHENTICATIONFAILED" || WRONG_CREDENTIALS.test(text)));
  return isWrong ? { kind: "auth_failed", reason: refusal } : undefined;
}

function notReached(
  known: LibraryError,
  { isOther, isEncrypted }: Circumstances,
): SessionFailure | undefined {
  if (isOther) return { kind: "unreachable", reason: "not_imap" };
  // ImapFlow throws this when the server announces LOGINDISABLED (RFC 9051, 6.2.3). The usual cause
  // is a connection without TLS.
  if (known.message === "Login is disabled")
    return { kind: "unreachable", reason: isEncrypted ? "mechanism_missing" : "tls_required" };
  const reason = OWN_WORDS.get(known.message) ?? UNREACHABLE.get(known.code);
  if (reason) return { kind: "unreachable", reason };
  const isUntrusted = typeof known.code === "string" && BAD_CERTIFICATE.test(known.code);
  return isUntrusted ? { kind: "unreachable", reason: "certificate_not_trusted" } : undefined;
}

const isAnswer = ({ responseStatus }: LibraryError) =>
  responseStatus === "NO" || responseStatus === "BAD";

/** Returns the texts that the server sent. */
const joinTexts = ({ responseText, response }: LibraryError, bye: string | undefined) =>
  [responseText, response, bye]
    .filter((text) => typeof text === "string")
    .join(" ")
    .slice(0, MAX_TEXT_LENGTH);
