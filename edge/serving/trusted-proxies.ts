import { BlockList, isIP, isIPv6 } from "node:net";
import * as v from "valibot";

/** Whether an address belongs to a proxy whose headers are believed. */
export type TrustsProxy = (address: string) => boolean;

const MESSAGE = "must be networks such as 10.0.0.0/8 or fd00::/8, separated by commas";

/** A setting: networks in CIDR notation (RFC 4632; RFC 4291, 2.3). Parsed to a `TrustsProxy`. */
export const trustedProxies = v.pipe(
  v.string(),
  v.transform((text) => text.split(",").map((network) => network.trim())),
  v.transform((networks) => networks.filter((network) => network !== "").map(parseNetwork)),
  v.check((networks) => networks.every((network) => network !== undefined), MESSAGE),
  v.transform((networks): TrustsProxy => {
    const list = new BlockList();
    for (const network of networks) {
      if (network) list.addSubnet(network.address, network.prefix, toFamily(network.address));
    }
    return (address) => isIP(address) !== 0 && list.check(address, toFamily(address));
  }),
);

const toFamily = (address: string) => (isIPv6(address) ? "ipv6" : "ipv4");

/** Parses a network, or an address, which is a network of one. */
function parseNetwork(text: string): { address: string; prefix: number } | undefined {
  const [, address = "", digits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const prefix = digits === undefined ? longest : Number(digits);
  return prefix >= 0 && prefix <= longest ? { address, prefix } : undefined;
}

/** What a connection and its headers say about the caller. */
export interface Arrival {
  /** The IP address of the other end of the connection. */
  peer: string | undefined;
  /** Whether the connection to us uses TLS. */
  isTls: boolean;
  forwardedFor: string | undefined;
  forwardedProto: string | undefined;
}

export interface Caller {
  /** The caller's IP address; empty when it is unknown. */
  address: string;
  /** Whether the caller uses TLS. */
  isTls: boolean;
  /** Whether headers of a proxy were ignored, because the proxy is not trusted. */
  ignoresProxy: boolean;
}

/**
 * Finds the caller. Each proxy appends the address of its own caller to X-Forwarded-For. So the
 * caller is the last address that no trusted proxy has. Everything before it was sent by the caller
 * and may be forged. X-Forwarded-Proto is believed from a trusted proxy only.
 */
export function identifyCaller(arrival: Arrival, isTrusted: TrustsProxy): Caller {
  const peer = withoutMapping(arrival.peer ?? "");
  const { forwardedFor = "", forwardedProto = "", isTls } = arrival;
  if (!isTrusted(peer)) {
    return { address: peer, isTls, ignoresProxy: forwardedFor !== "" || forwardedProto !== "" };
  }
  const scheme = forwardedProto.split(",").at(-1)?.trim().toLowerCase() ?? "";
  const caller = { isTls: scheme === "" ? isTls : scheme === "https", ignoresProxy: false };
  let address = peer;
  for (const hop of forwardedFor.split(",").toReversed()) {
    const known = withoutMapping(withoutPort(hop.trim()));
    if (isIP(known) === 0) break;
    address = known;
    if (!isTrusted(known)) break;
  }
  return { ...caller, address };
}

/** Some proxies write `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
const withoutPort = (hop: string) =>
  /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop;

/** A socket that accepts IPv4 and IPv6 reports IPv4 addresses as `::ffff:192.0.2.1`. */
const withoutMapping = (address: string) => address.replace(/^::ffff:(?=[\d.]+$)/i, "");
