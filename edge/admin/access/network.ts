import { parseAddressGroups } from "../../address-groups.ts";

/**
 * Returns the network of an address: the first 24 bits of IPv4, the first 48 bits of IPv6. Returns
 * undefined when the text is not an address.
 *
 * Sessions store the network instead of the address. The network is enough for admins to recognize
 * their own sessions.
 */
export function toNetwork(address: string): string | undefined {
  const [, v4] = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(address) ?? [];
  if (v4 !== undefined) return `${v4}.0/24`;
  const groups = parseAddressGroups(address);
  if (groups === undefined) return undefined;
  const prefix = groups
    .slice(0, 3)
    .join(":")
    .replace(/(:0)+$/, "");
  return `${prefix === "0" ? "" : prefix}::/48`;
}
