import { isIP } from "node:net";

/**
 * Returns the address if the host is an IP address in any notation ("127.1", "0x7f000001"); null if
 * the host is a name.
 */
export function parseIpHost(host: string): string | null {
  if (isIP(host) !== 0) return host;
  const text = `http://${host}/`;
  const canonical = URL.canParse(text) ? new URL(text).hostname : "";
  return isIP(canonical) === 4 ? canonical : null;
}

/** Returns the names in the text of a hosts file (hosts(5)), each with its addresses. */
export function addressesInHostsFile(text: string): ReadonlyMap<string, readonly string[]> {
  const known = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [address = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (isIP(address) === 0) continue;
    for (const name of names)
      known.set(name.toLowerCase(), [...(known.get(name.toLowerCase()) ?? []), address]);
  }
  return known;
}
