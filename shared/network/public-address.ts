/**
 * IPv4 networks without public hosts (IANA's special-purpose registry; RFC 6890). 169.254.0.0/16
 * contains the metadata services of cloud providers.
 */
const PRIVATE_V4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];
/**
 * All public IPv6 addresses are in this network. Mapped, translated, unique local and link-local
 * addresses are not.
 */
const GLOBAL_V6 = "2000::/3";
/**
 * Networks within `GLOBAL_V6` that are not public, or whose addresses contain an IPv4 address,
 * which may be private (6to4, Teredo).
 */
const PRIVATE_V6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

/** Names of internal machines. They are private whatever address they resolve to. */
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|flycast|lan|home\.arpa)\.?$/i;

export const isPrivateName = (host: string): boolean => PRIVATE_NAME.test(host);

/**
 * Whether an IP address belongs to a host on the internet. The address must have the form that a
 * resolver returns.
 */
export function isPublicAddress(address: string): boolean {
  if (/^[\d.]+$/.test(address)) {
    return canonical(address) === address && !isIn(PRIVATE_V4, parseV4(address));
  }
  const host = canonical(`[${address}]`);
  if (host === null) return false;
  const bits = parseV6(host.slice(1, -1));
  return isIn([GLOBAL_V6], bits) && !isIn(PRIVATE_V6, bits);
}

/**
 * Returns a host as the URL parser writes it: all notations of an address become the same text.
 * Null when the text is not a host.
 */
function canonical(host: string): string | null {
  const text = `http://${host}/`;
  return URL.canParse(text) ? new URL(text).hostname : null;
}

/**
 * Whether one of the networks contains the address. Compares only the first 32 bits, because no
 * network has a longer prefix.
 */
const isIn = (networks: readonly string[], bits: number) =>
  networks.some((network) => {
    const [base = "", prefix = ""] = network.split("/");
    const size = 2 ** (32 - Number(prefix));
    const start = base.includes(":") ? parseV6(base) : parseV4(base);
    return bits >= start && bits < start + size;
  });

const parseV4 = (address: string) =>
  address.split(".").reduce((bits, part) => bits * 256 + Number(part), 0);

/**
 * Returns the first 32 bits of an IPv6 address. Parts that the short form leaves out ("2001::1")
 * are zero.
 */
function parseV6(address: string): number {
  const [first = "", second = ""] = address.split(":");
  return Number.parseInt(first || "0", 16) * 65_536 + Number.parseInt(second || "0", 16);
}
