import { publicAddressesOf } from "./public-addresses.ts";
import { type Resolve, resolveHost } from "./resolve.ts";

/**
 * The address to dial of a host that a stranger named; null when it is not a public one. Rejects as
 * a resolver does (`ENOTFOUND`) when the name has none.
 */
export async function dialAddressOf(
  host: string,
  resolve: Resolve = resolveHost,
): Promise<string | null> {
  const [first] = await publicAddressesOf(resolve, host);
  return first?.address ?? null;
}
