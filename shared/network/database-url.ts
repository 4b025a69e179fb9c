import * as v from "valibot";
import { address } from "../env.ts";
import { isLoopback } from "./own-machine.ts";
import { isPrivateName, isPublicAddress } from "./public-address.ts";

/**
 * The values of `sslmode`:
 *
 *   verify-full  TLS; the certificate and its name are verified
 *   require      the same as verify-full (in libpq, this mode verifies nothing)
 *   disable      no TLS
 *   (absent)     like verify-full for a host on the internet, or if DATABASE_CA_FILE is set;
 *                otherwise like disable
 */
const SSL_MODES = ["verify-full", "require", "disable"];
const OTHER_TLS_PARAMETERS = ["sslrootcert", "sslcert", "sslkey", "sslnegotiation"];
/**
 * In libpq, `sslrootcert=system` means that the certificate authorities of the system are trusted.
 * This value is allowed, because we trust these authorities by default anyway.
 */
const SYSTEM_AUTHORITIES = "system";

/** A setting: the address of Postgres, for a connection over TCP. */
export const tcpDatabaseUrl = v.pipe(
  address("postgres:", "postgresql:"),
  v.check(
    (url) => {
      const mode = readParameters(url).get("sslmode");
      return mode === null || SSL_MODES.includes(mode);
    },
    `must have sslmode=${SSL_MODES.join(" or ")}, or no sslmode`,
  ),
  v.check(
    (url) =>
      OTHER_TLS_PARAMETERS.every((name) => {
        const value = readParameters(url).get(name);
        return value === null || (name === "sslrootcert" && value === SYSTEM_AUTHORITIES);
      }),
    `must have none of ${OTHER_TLS_PARAMETERS.join(", ")}: DATABASE_CA_FILE names a private authority`,
  ),
);

/**
 * Whether a connection over TCP to this URL uses TLS.
 *
 * @param caFile The value of DATABASE_CA_FILE. If it is set and the URL has no `sslmode`, TLS is
 * used for every host.
 */
export function usesTls(url: string, caFile?: string): boolean {
  const mode = readParameters(url).get("sslmode");
  if (mode !== null) return mode !== "disable";
  return caFile !== undefined || !isPrivateHost(url);
}

/**
 * Whether a URL names this machine, a private address (RFC 1918, RFC 4193), an internal name (Fly's
 * `.internal`), or a name without a dot (Docker's `db`). Hosts on the internet have no such names.
 */
export function isPrivateHost(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
  if (isLoopback(host) || isPrivateName(host)) return true;
  if (!/[.:]/.test(host)) return true;
  return (/^[\d.]+$/.test(host) || host.includes(":")) && !isPublicAddress(host);
}

/**
 * Returns the URL without its parameters about TLS. `usesTls()` decides whether TLS is used, but
 * the driver would interpret these parameters in its own way.
 */
export function withoutTlsParameters(url: string): string {
  const rest = new URL(url);
  for (const name of ["sslmode", ...OTHER_TLS_PARAMETERS]) rest.searchParams.delete(name);
  return rest.href;
}

/**
 * Returns the parameters of a URL. For a text that is no URL, returns none: `address()` reports
 * this fault.
 */
const readParameters = (url: string) => URL.parse(url)?.searchParams ?? new URLSearchParams();
