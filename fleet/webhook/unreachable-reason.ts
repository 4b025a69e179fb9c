/** Codes of Node (`cause.code`) and of Bun (`code`), and parts of Deno's messages. */
const REASONS: readonly [sign: RegExp, reason: string][] = [
  [/ECONNREFUSED|ConnectionRefused|connection refused/i, "connection refused"],
  [
    /ECONNRESET|EPIPE|UND_ERR_SOCKET|ConnectionClosed|connection (reset|closed)|socket connection was closed/i,
    "connection lost",
  ],
  [
    /ENOTFOUND|EAI_AGAIN|FailedToOpenSocket|dns error|name resolution|failed to lookup/i,
    "name not found",
  ],
  [/ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|timed out/i, "connection timed out"],
  [/EHOSTUNREACH|ENETUNREACH|unreachable/i, "no route to the host"],
  [
    /CERT|certificate|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|HandshakeFailure/i,
    "the TLS certificate or handshake was refused",
  ],
  [/HPE_|InvalidHTTPResponse|Malformed_HTTP|invalid HTTP/i, "the answer is not HTTP"],
  [/bad port/i, "the port is one that browsers refuse"],
  [/ERR_INVALID_URL|Invalid URL|cannot be parsed/i, "the address is not valid"],
];

/**
 * Why an endpoint could not be reached, in words. The runtimes' own messages differ, and some hold
 * the address with all that is in it.
 */
export function unreachableReason(error: unknown): string {
  const signs = signsOf(error);
  return REASONS.find(([sign]) => sign.test(signs))?.[1] ?? "the request failed";
}

/** Codes and messages of an error and of all its causes, without addresses. */
function signsOf(error: unknown): string {
  const signs: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause) signs.push(String(cause.code));
    signs.push(cause.message.replaceAll(/\b[a-z]+:\/\/\S+/gi, ""));
  }
  return signs.join(" ");
}
