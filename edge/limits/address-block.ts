import { parseAddressGroups } from "../address-groups.ts";

/**
 * The first six groups of an IPv4 address that is written as an IPv6 address (RFC 4291, 2.5.5.2).
 */
const MAPPED = "0:0:0:0:0:ffff";

/**
 * Returns the key under which requests from this address are counted. For IPv4 it is the address.
 * For IPv6 it is the /64 network, because one household usually has a whole /64. All texts that are
 * not an address share one key.
 */
export function toAddressBlock(address: string): string {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) return address;
  const groups = parseAddressGroups(address);
  if (groups === undefined) return "unknown";
  const isMapped = groups.slice(0, 6).join(":") === MAPPED;
  return isMapped ? toIpv4(groups.slice(6)) : `${groups.slice(0, 4).join(":")}::/64`;
}

const toIpv4 = (groups: readonly string[]) =>
  groups
    .flatMap((group) => {
      const number = Number.parseInt(group, 16);
      return [number >> 8, number & 255];
    })
    .join(".");
