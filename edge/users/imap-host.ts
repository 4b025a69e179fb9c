import * as v from "valibot";

const message = "must be a host name or an IP address";

/**
 * The schema of a host. It returns the host in lower case and ASCII. An IP address is returned in
 * its usual form, without brackets.
 */
export const imapHost = v.pipe(
  v.string("must be a string"),
  v.trim(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const host = canonicalHost(dataset.value);
    if (host !== undefined) return host;
    addIssue({ message });
    return NEVER;
  }),
);

/**
 * Returns the host as the URL parser writes it. The parser knows unusual forms of an IP address,
 * for example that 0x7f000001 is 127.0.0.1 (WHATWG URL, 3.5).
 */
function canonicalHost(text: string): string | undefined {
  if (/[\s/\\?#@%]/.test(text)) return undefined;
  const isBareIpv6 = text.includes(":") && !text.startsWith("[");
  const url = URL.parse(`https://${isBareIpv6 ? `[${text}]` : text}`);
  if (!url || url.port !== "" || text.endsWith(":")) return undefined;
  const host = url.hostname.replace(/^\[|\]$|\.$/g, "");
  return host.length <= 253 && /^([\w-]+(\.[\w-]+)*|[\da-f:]*:[\da-f:.]+)$/.test(host)
    ? host
    : undefined;
}
