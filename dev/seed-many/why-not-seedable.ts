import { PARTNER_NAME } from "../seed/seed.ts";

/** The facts that decide whether a database may be filled. */
export interface SeedTarget {
  /** postgres://… */
  url: string;
  partnerNames: readonly string[];
}

/**
 * Returns why a database must not be filled with invented data; undefined when it may be filled. A
 * tunnel makes a production database look local. So a database with other partners than the demo
 * partner is refused, too.
 */
export function whyNotSeedable({ url, partnerNames }: SeedTarget): string | undefined {
  const { hostname } = new URL(url);
  if (!["127.0.0.1", "localhost", "[::1]"].includes(hostname)) {
    return "it is not on this machine";
  }
  const others = partnerNames.filter((name) => name !== PARTNER_NAME);
  return others.length > 0
    ? `it has ${others.length} partners beside the demo's; npm start -- --fresh starts from scratch`
    : undefined;
}
