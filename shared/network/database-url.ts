import * as v from "valibot";
import { isLoopback } from "./own-machine.ts";
import { isPrivateName, isPublicAddress } from "./public-address.ts";

/**
 * The values of `sslmode`:
 *
 *   verify-full  TLS; the certificate and its name are verified
 *   require      the same as verify-full (in libpq, this mode verifies nothing)
 *   disable      no TLS
 *   (absent)     verify-full if DATABASE_CA_FILE is set or the host is on the internet,
 *                otherwise disable
 */
const SSL_MODES = ["verify-full", "require", "disable"];
const OTHER_TLS_PARAMETERS = ["sslrootcert", "sslcert", "sslkey", "sslnegotiation"];
/**
 * In libpq, `sslrootcert=system` trusts the system's certificate authorities. It is allowed,
 * because we trust them by default.
 */
const SYSTEM_AUTHORITIES = "system";

const UNREADABLE =
  "cannot be read: percent-encode special characters of the password (/ is %2F, # is %23, ? is %3F, % is %25)";

/** A setting: the address of Postgres. */
export const databaseUrl = v.pipe(
  v.string(),
  v.regex(
    /^postgres(ql)?:\/\//,
    "must be an address that begins with postgres:// or postgresql://",
  ),
  v.check((url) => !/^postgres(ql)?:\/\//.test(url) || isReadable(url), UNREADABLE),
);

/** A setting: the address of Postgres, for a connection over TCP. */
export const tcpDatabaseUrl = v.pipe(
  databaseUrl,
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
 * @param caFile The value of DATABASE_CA_FILE. With it, every URL without `sslmode` uses TLS.
 */
export function usesTls(url: string, caFile?: string): boolean {
  const mode = readParameters(url).get("sslmode");
  if (mode !== null) return mode !== "disable";
  return caFile !== undefined || !isPrivateHost(url);
}

/**
 * Whether a URL's host is not on the internet: this machine, a private address (RFC 1918, RFC
 * 4193), an internal name (Fly's `.internal`), or a name without a dot (Docker's `db`).
 */
export function isPrivateHost(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
  if (isLoopback(host) || isPrivateName(host)) return true;
  if (!/[.:]/.test(host)) return true;
  return (/^[\d.]+$/.test(host) || host.includes(":")) && !isPublicAddress(host);
}

/**
 * Returns the URL without its TLS parameters. `usesTls()` reads them; the driver would interpret
 * them in its own way.
 */
export function withoutTlsParameters(url: string): string {
  const rest = new URL(url);
  for (const name of ["sslmode", ...OTHER_TLS_PARAMETERS]) rest.searchParams.delete(name);
  return rest.href;
}

/** Whether a URL can be parsed, and its user and password can be decoded. */
function isReadable(text: string): boolean {
  const url = URL.parse(text);
  if (!url) return false;
  try {
    decodeURIComponent(url.username + url.password);
    return true;
  } catch {
    return false;
  }
}

/**
 * Returns the parameters of a URL. For a text that is no URL, returns none: `databaseUrl` reports
 * this fault.
 */
const readParameters = (url: string) => URL.parse(url)?.searchParams ?? new URLSearchParams();
