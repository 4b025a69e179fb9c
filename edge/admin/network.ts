/**
 * The network of an address, enough to tell one's own sessions apart and less than an address: the
 * first 24 bits of IPv4, the first 48 of IPv6. Undefined: it is no address.
 */
export function networkOf(address: string): string | undefined {
  const [, v4] = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(address) ?? [];
  if (v4 !== undefined) return `${v4}.0/24`;
  if (!/^[\da-f:.]+$/i.test(address) || !URL.canParse(`http://[${address}]`)) return undefined;
  // The URL's host is in the short form of RFC 5952.
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const given = groupsOf(head);
  const zeros = 8 - given.length - groupsOf(tail ?? "").length;
  const groups = tail === undefined ? given : [...given, ...Array<string>(zeros).fill("0")];
  const prefix = groups
    .slice(0, 3)
    .join(":")
    .replace(/(:0)+$/, "");
  return `${prefix === "0" ? "" : prefix}::/48`;
}

const groupsOf = (text: string) => text.split(":").filter((group) => group !== "");
