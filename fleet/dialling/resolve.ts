import { lookup, Resolver } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { isPrivateName } from "../../shared/network/public-address.ts";
import { addressesInHostsFile, parseIpHost } from "./known-addresses.ts";

/** An address to connect to. */
export interface ResolvedAddress {
  address: string;
  family: 4 | 6;
}

/**
 * Finds all addresses of a host. Rejects with the code `ENOTFOUND` when the host has none, and with
 * `EAI_AGAIN` when no name server answers.
 */
export type Resolve = (host: string) => Promise<readonly ResolvedAddress[]>;

/** Timeout of one query to one name server. */
const QUESTION_MS = 1_500;
const TRIES = 2;
/** Timeout of a lookup. The name may be an attacker's, with a name server that never answers. */
const DEADLINE_MS = 5_000;

/**
 * Creates a resolver that queries the name servers itself. The system's resolver has only four
 * threads, and a lookup may occupy a thread for half a minute. A few name servers that do not
 * answer could delay all other lookups.
 *
 * @param servers The name servers to use instead of the system's.
 */
export function createResolve({ servers }: { servers?: readonly string[] } = {}): Resolve {
  let known: ReturnType<typeof addressesInHostsFile> | undefined;
  return async (host) => {
    const address = parseIpHost(host);
    if (address !== null) return [toAddress(address)];
    const name = host.replace(/\.$/, "").toLowerCase();
    known ??= addressesInHostsFile(hostsFile());
    const listed = known.get(name);
    if (listed) return listed.map(toAddress);
    // Names of this machine and its network are resolved by the system, not by name servers.
    if (isPrivateName(name) || !name.includes(".")) return bySystem(name);
    return byQuestion(name, servers);
  };
}

async function byQuestion(name: string, servers: readonly string[] | undefined) {
  // Each lookup has its own resolver, because `cancel()` cancels all queries of a resolver.
  const resolver = new Resolver({ timeout: QUESTION_MS, tries: TRIES });
  if (servers) resolver.setServers(servers);
  const timer = setTimeout(() => resolver.cancel(), DEADLINE_MS);
  try {
    const asked = [resolver.resolve4(name), resolver.resolve6(name)];
    const answers = await Promise.allSettled(asked);
    const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    if (found.length === 0) throw unanswered(answers);
    return preferred(found.map(toAddress));
  } finally {
    clearTimeout(timer);
  }
}

async function bySystem(name: string): Promise<readonly ResolvedAddress[]> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(unanswered([])), DEADLINE_MS);
  try {
    const found = await Promise.race([lookup(name, { all: true }), promise]);
    return found.map(({ address }) => toAddress(address));
  } finally {
    clearTimeout(timer);
  }
}

const toAddress = (address: string): ResolvedAddress => ({
  address,
  family: isIP(address) === 6 ? 6 : 4,
});

/**
 * The codes of definite answers: no such name, or no address of this kind. After any other error, a
 * later lookup may succeed.
 */
const NO_ADDRESS = new Set(["ENOTFOUND", "ENODATA"]);

function unanswered(answers: readonly PromiseSettledResult<unknown>[]): Error {
  const causes = answers.flatMap((answer): unknown[] =>
    answer.status === "rejected" ? [answer.reason] : [],
  );
  const cause = causes.find((found) => !NO_ADDRESS.has(readCode(found))) ?? causes[0];
  const isKnown = NO_ADDRESS.has(readCode(cause));
  const message = isKnown
    ? "Cannot find the host: its name has no address"
    : "Cannot find the host: its name servers do not answer";
  return Object.assign(new Error(message, { cause }), {
    code: isKnown ? "ENOTFOUND" : "EAI_AGAIN",
  });
}

const readCode = (error: unknown) =>
  error instanceof Error && "code" in error ? String(error.code) : "";

/**
 * Puts IPv4 addresses first if this machine has an IPv4 address: the IPv6 address of a host may not
 * be reachable. Otherwise puts IPv6 addresses first.
 */
function preferred(addresses: readonly ResolvedAddress[]): readonly ResolvedAddress[] {
  const isOutside = ({ family, internal }: { family: string; internal: boolean }) =>
    family === "IPv4" && !internal;
  const hasV4 = Object.values(networkInterfaces()).some((list) => list?.some(isOutside));
  const first = hasV4 ? 4 : 6;
  return addresses.toSorted((a, b) => Number(b.family === first) - Number(a.family === first));
}

function hostsFile(): string {
  try {
    return readFileSync("/etc/hosts", "utf8");
  } catch {
    return "";
  }
}

/** Resolves with the system's name servers. */
export const resolveHost: Resolve = createResolve();

/** Returns a resolver that makes one lookup for all concurrent calls with the same host. */
export function resolveTogether(resolve: Resolve): Resolve {
  const asked = new Map<string, Promise<readonly ResolvedAddress[]>>();
  return (host) => {
    const known = asked.get(host);
    if (known) return known;
    const answer = resolve(host).finally(() => asked.delete(host));
    asked.set(host, answer);
    return answer;
  };
}
