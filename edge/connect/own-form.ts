/**
 * Whether a POST comes from our own page. Browsers send `Sec-Fetch-Site` (W3C Fetch Metadata, 2.3).
 * Older browsers do not; for them, `Origin` is checked.
 */
export function isOwnForm(
  { site, origin }: { site: string | undefined; origin: string | undefined },
  publicUrl: string,
): boolean {
  if (site !== undefined) return site === "same-origin";
  return origin === new URL(publicUrl).origin;
}
