/**
 * IPv4 networks of no public host (IANA's special-purpose registry; RFC 6890). 169.254.0.0/16 has the
 * metadata services of the clouds.
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
/** Public IPv6 addresses all lie in here, and so no mapped, translated, unique local or link-local one does. */
const GLOBAL_V6 = "2000::/3";
/** In there, what is none, or holds an IPv4 address of anybody's choice (6to4, Teredo). */
const PRIVATE_V6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

/** Names of machines inside, whatever they resolve to. */
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|flycast|lan|home\.arpa)\.?$/i;

export const isPrivateName = (host: string): boolean => PRIVATE_NAME.test(host);

/** Whether an address, in the form that a resolver gives, is one of a host on the internet. */
export function isPublicAddress(address: string): boolean {
  if (/^[\d.]+$/.test(address)) {
    return canonical(address) === address && !isIn(PRIVATE_V4, bitsOfV4(address));
  }
  const host = canonical(`[${address}]`);
  if (host === null) return false;
  const bits = bitsOfV6(host.slice(1, -1));
  return isIn([GLOBAL_V6], bits) && !isIn(PRIVATE_V6, bits);
}

/** A host as a URL has it: of the many ways to write an address, one. Null when it is no host. */
function canonical(host: string): string | null {
  const text = `http://${host}/`;
  return URL.canParse(text) ? new URL(text).hostname : null;
}

/** Whether one of the networks has this address; none of them needs more than its first 32 bits. */
const isIn = (networks: readonly string[], bits: number) =>
  networks.some((network) => {
    const [base = "", prefix = ""] = network.split("/");
    const size = 2 ** (32 - Number(prefix));
    const start = base.includes(":") ? bitsOfV6(base) : bitsOfV4(base);
    return bits >= start && bits < start + size;
  });

const bitsOfV4 = (address: string) =>
  address.split(".").reduce((bits, part) => bits * 256 + Number(part), 0);

/** The first 32 bits. Where they are shortened ("2001::1") they are zero. */
function bitsOfV6(address: string): number {
  const [first = "", second = ""] = address.split(":");
  return Number.parseInt(first || "0", 16) * 65_536 + Number.parseInt(second || "0", 16);
}
