import { BlockList, isIP } from "node:net";

/** An address as it is dialled. */
export interface Address {
  address: string;
  family: 4 | 6;
}

/** IPv4 addresses of no public host (IANA's special-purpose registry; RFC 6890). */
const PRIVATE_V4: readonly [network: string, prefix: number][] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  // With the metadata services of the clouds.
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];
/** Public IPv6 addresses all lie in 2000::/3, and so no mapped, translated, unique local or link-local one does. */
const GLOBAL_V6: [network: string, prefix: number] = ["2000::", 3];
/** In there, what is none, or holds an IPv4 address of anybody's choice (6to4, Teredo). */
const PRIVATE_V6: readonly [network: string, prefix: number][] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const privateV4 = new BlockList();
for (const [network, prefix] of PRIVATE_V4) privateV4.addSubnet(network, prefix, "ipv4");
const globalV6 = new BlockList();
globalV6.addSubnet(...GLOBAL_V6, "ipv6");
const privateV6 = new BlockList();
for (const [network, prefix] of PRIVATE_V6) privateV6.addSubnet(network, prefix, "ipv6");

/** Whether an address, in the form that a resolver gives, is one of a host on the internet. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !privateV4.check(address, "ipv4");
    case 6:
      return globalV6.check(address, "ipv6") && !privateV6.check(address, "ipv6");
    default:
      return false;
  }
}

/** Names of machines inside, whatever they resolve to. */
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|flycast|lan|home\.arpa)\.?$/i;

/**
 * The address to dial of a host that a stranger named: null when the name, or any address that it
 * resolves to, is not a public one. Dial this address and no other, or the name may answer
 * differently the next time.
 */
export function publicAddressOf(host: string, resolved: readonly Address[]): Address | null {
  if (PRIVATE_NAME.test(host)) return null;
  if (!resolved.every(({ address }) => isPublicAddress(address))) return null;
  return resolved[0] ?? null;
}
