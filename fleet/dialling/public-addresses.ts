import { isPrivateName, isPublicAddress } from "../../shared/network/public-address.ts";
import { parseIpHost } from "./known-addresses.ts";
import type { Resolve, ResolvedAddress } from "./resolve.ts";

/**
 * Returns the addresses of a host that a user or partner entered. Returns none if the name, or one
 * of its addresses, is not public. Connect only to the returned addresses: a second lookup may
 * return others.
 *
 * Rejects with the code `ENOTFOUND` when the name has no address.
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
 * Whether the name has no dot. Such a name belongs to the local network, and is refused without a
 * lookup. The lookup would block one of the system resolver's four threads.
 */
const isBareName = (host: string): boolean =>
  !host.replace(/\.$/, "").includes(".") && parseIpHost(host) === null;
