import { isPrivateName, isPublicAddress } from "../../shared/network/public-address.ts";
import { parseIpHost } from "./known-addresses.ts";
import type { Resolve, ResolvedAddress } from "./resolve.ts";

/**
 * Returns the addresses of a host that a user or partner named; none if the name, or any address that it resolves to,
 * is not public. Connect only to these: the name may resolve differently the next time.
 *
 * Rejects as a resolver does (`ENOTFOUND`).
 */
export async function findPublicAddresses(
  resolve: Resolve,
  host: string,
): Promise<readonly ResolvedAddress[]> {
  if (isPrivateName(host) || isBareName(host)) return [];
  const addresses = await resolve(host);
  return addresses.every(({ address }) => isPublicAddress(address)) ? addresses : [];
}

/**
 * Whether the name has no dot. Such a name belongs to this network, and the system would look it
 * up, which occupies one of the system's four threads.
 */
const isBareName = (host: string): boolean =>
  !host.replace(/\.$/, "").includes(".") && parseIpHost(host) === null;
