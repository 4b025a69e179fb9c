import { ExchangeRefused } from "../../dialling/exchange-refused.ts";

/**
 * The reason for each error code. Sockets, DNS, TLS and the HTTP parser (`HPE_`) use these codes.
 */
const REASONS: readonly [codes: RegExp, reason: string][] = [
  [/^ECONNREFUSED$/, "connection refused"],
  [/^(ECONNRESET|ECONNABORTED|EPIPE|ERR_SOCKET_CLOSED)$/, "connection lost"],
  [/^(ENOTFOUND|ENODATA|ESERVFAIL|EAI_\w+)$/, "name not found"],
  [/^ETIMEDOUT$/, "connection timed out"],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/, "no route to the host"],
  [
    /CERT|SELF_SIGNED|^UNABLE_TO_|^ERR_TLS|^ERR_SSL|^EPROTO$/,
    "the TLS certificate or handshake was refused",
  ],
  [/^HPE_HEADER_OVERFLOW$/, "the headers of the answer are too long"],
  [/^HPE_/, "the answer is not HTTP"],
];

/**
 * Describes why an endpoint could not be reached. Does not use the error's own message, which
 * differs between runtimes and may contain the complete address.
 */
export function unreachableReason(error: unknown): string {
  if (error instanceof ExchangeRefused) return error.message;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = "code" in cause ? String(cause.code) : "";
    const known = REASONS.find(([codes]) => codes.test(code));
    if (known) return known[1];
  }
  return "the request failed";
}
