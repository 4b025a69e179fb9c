import { isPrivateName, isPublicAddress } from "../../shared/network/public-address.ts";
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
  if (isPrivateName(host)) return [];
  const addresses = await resolve(host);
  return addresses.every(({ address }) => isPublicAddress(address)) ? addresses : [];
}
