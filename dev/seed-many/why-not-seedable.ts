import { PARTNER_NAME } from "../seed/seed.ts";

/** What a database is judged by. */
export interface SeedTarget {
  /** postgres://… */
  url: string;
  partnerNames: readonly string[];
}

/**
 * Why a database must not be filled with what is made up; undefined: it is development's own, on this
 * machine, and holds nobody but the demo partner. A tunnel to production has its partners.
 */
export function whyNotSeedable({ url, partnerNames }: SeedTarget): string | undefined {
  const { hostname } = new URL(url);
  if (!["127.0.0.1", "localhost", "[::1]"].includes(hostname)) {
    return "it is not on this machine";
  }
  const others = partnerNames.filter((name) => name !== PARTNER_NAME);
  return others.length > 0
    ? `it has ${others.length} partners beside the demo's; npm start -- --fresh begins anew`
    : undefined;
}
