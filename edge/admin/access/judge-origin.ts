/** What a browser says of where a request comes from. */
export interface Provenance {
  method: string;
  /** The header `Origin`. */
  origin: string | undefined;
  /** The header `Sec-Fetch-Site` (W3C Fetch Metadata). */
  site: string | undefined;
}

const READS: readonly string[] = ["GET", "HEAD"];

/** Why a request is not from our own pages; undefined: it is. A request that changes something must say so. */
export function judgeOrigin(
  { method, origin, site }: Provenance,
  ownOrigin: string,
): string | undefined {
  const isRead = READS.includes(method);
  if (origin !== undefined && origin !== ownOrigin) return "its Origin is another one";
  // A person who types the address comes from nowhere.
  const isOwnSite = site === undefined || site === "same-origin" || (isRead && site === "none");
  if (!isOwnSite) return "its Sec-Fetch-Site is not same-origin";
  return isRead || origin !== undefined ? undefined : "it has no Origin";
}
