import { lookup } from "node:dns/promises";

/** An address as it is dialled. */
export interface Address {
  address: string;
  family: 4 | 6;
}

/** Finds all addresses of a host; rejects as a resolver does (`ENOTFOUND`) when it has none. */
export type Resolve = (host: string) => Promise<readonly Address[]>;

/** As the system does it. */
export const resolveHost: Resolve = async (host) => {
  const found = await lookup(host, { all: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

/**
 * Asks once for all who want the same host at the same time. A look-up cannot be ended, and may be
 * done in one of a few threads: those must not all wait for one silent name server.
 */
export function resolveTogether(resolve: Resolve): Resolve {
  const asked = new Map<string, Promise<readonly Address[]>>();
  return (host) => {
    const known = asked.get(host);
    if (known) return known;
    const answer = resolve(host).finally(() => asked.delete(host));
    asked.set(host, answer);
    return answer;
  };
}
