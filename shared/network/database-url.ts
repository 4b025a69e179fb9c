import * as v from "valibot";
import { address } from "../env.ts";
import { isLoopback } from "./own-machine.ts";
import { isPrivateName, isPublicAddress } from "./public-address.ts";

/**
 *   verify-full, require   TLS. The certificate and its name are verified, with `require` too,
 *                          which verifies nothing in libpq.
 *   disable                no TLS
 *   (absent)               for a host on the internet as verify-full, else as disable
 */
const SSL_MODES = ["verify-full", "require", "disable"];
const OTHER_TLS_PARAMETERS = ["sslrootcert", "sslcert", "sslkey", "sslnegotiation"];
/** libpq's word for the authorities of the system. It asks for what is the default here. */
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
      OTHER_TLS_PARAMETERS.every((name) =>
        [null, SYSTEM_AUTHORITIES].includes(readParameters(url).get(name)),
      ),
    `must have none of ${OTHER_TLS_PARAMETERS.join(", ")}: DATABASE_CA_FILE names a private authority`,
  ),
);

/**
 * Whether a connection over TCP to this URL uses TLS.
 *
 * @param caFile The value of DATABASE_CA_FILE: who names an authority wants TLS.
 */
export function usesTls(url: string, caFile?: string): boolean {
  const mode = readParameters(url).get("sslmode");
  if (mode !== null) return mode !== "disable";
  return caFile !== undefined || !isPrivateHost(url);
}

/**
 * Whether a URL names this machine, a private address (RFC 1918, RFC 4193), an internal name (Fly's
 * `.internal`), or a name without a dot (Docker's `db`), which the internet does not have.
 */
export function isPrivateHost(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
  if (isLoopback(host) || isPrivateName(host)) return true;
  if (!/[.:]/.test(host)) return true;
  return (/^[\d.]+$/.test(host) || host.includes(":")) && !isPublicAddress(host);
}

/**
 * Returns the URL without its parameters about TLS, which `usesTls()` has read. The driver would
 * read them in its own way.
 */
export function withoutTlsParameters(url: string): string {
  const rest = new URL(url);
  for (const name of ["sslmode", ...OTHER_TLS_PARAMETERS]) rest.searchParams.delete(name);
  return rest.href;
}

/** An address that is no URL has no parameters: the check before this one names that fault. */
const readParameters = (url: string) => URL.parse(url)?.searchParams ?? new URLSearchParams();
