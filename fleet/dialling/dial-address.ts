import { publicAddressesOf } from "./public-addresses.ts";
import { type Resolve, resolveHost } from "./resolve.ts";

/**
 * Returns the address to connect to for a host that a user or partner named; null if the host is not public. Rejects
 * as a resolver does (`ENOTFOUND`) when the name has no address.
 */
export async function dialAddressOf(
  host: string,
  resolve: Resolve = resolveHost,
): Promise<string | null> {
  const [first] = await publicAddressesOf(resolve, host);
  return first?.address ?? null;
}
