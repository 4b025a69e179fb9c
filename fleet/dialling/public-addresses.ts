import { isPrivateName, isPublicAddress } from "../../shared/network/public-address.ts";
import type { Address, Resolve } from "./resolve.ts";

/**
 * The addresses of a host that a stranger named; none when the name, or any address that it resolves
 * to, is not a public one. Dial these and no other, or the name may answer differently the next time.
 *
 * Rejects as a resolver does (`ENOTFOUND`).
 */
export async function publicAddressesOf(
  resolve: Resolve,
  host: string,
): Promise<readonly Address[]> {
  if (isPrivateName(host)) return [];
  const addresses = await resolve(host);
  return addresses.every(({ address }) => isPublicAddress(address)) ? addresses : [];
}
