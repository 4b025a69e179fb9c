/** The method of a request, and the headers that say from which site the browser sent it. */
export interface Provenance {
  method: string;
  /** The header `Origin`. */
  origin: string | undefined;
  /** The header `Sec-Fetch-Site` (W3C Fetch Metadata). */
  site: string | undefined;
}

const READS: readonly string[] = ["GET", "HEAD"];

/**
 * Checks whether a request comes from our own pages. Returns the reason to refuse it; undefined
 * when it is accepted. A request that may change something must have an `Origin`.
 */
export function judgeOrigin(
  { method, origin, site }: Provenance,
  ownOrigin: string,
): string | undefined {
  const isRead = READS.includes(method);
  if (origin !== undefined && origin !== ownOrigin) return "its Origin is a different one";
  // When a person types the address, the browser sends `Sec-Fetch-Site: none`.
  const isOwnSite = site === undefined || site === "same-origin" || (isRead && site === "none");
  if (!isOwnSite) return "its Sec-Fetch-Site is not same-origin";
  return isRead || origin !== undefined ? undefined : "it has no Origin";
}
