import { lookup } from "node:dns/promises";
import { type Address, publicAddressOf } from "./public-address.ts";

/**
 * The address to dial of a host that a stranger named; null when it is not a public one. Rejects as
 * a resolver does (`ENOTFOUND`) when the name has none.
 */
export async function dialAddressOf(host: string): Promise<string | null> {
  const resolved = await lookup(host, { all: true });
  const addresses = resolved.map(({ address, family }): Address => ({
    address,
    family: family === 6 ? 6 : 4,
  }));
  return publicAddressOf(host, addresses)?.address ?? null;
}
