import { findPublicAddresses } from "./public-addresses.ts";
import { type Resolve, resolveHost } from "./resolve.ts";

/**
 * Returns an address of a host that a user or partner entered. Returns null if the host is not
 * public. Rejects with the code `ENOTFOUND` when the name has no address.
 */
export async function findDialAddress(
  host: string,
  resolve: Resolve = resolveHost,
): Promise<string | null> {
  const [first] = await findPublicAddresses(resolve, host);
  return first?.address ?? null;
}
