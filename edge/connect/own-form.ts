/**
 * Whether a POST comes from our own page. Browsers report it in Sec-Fetch-Site (W3C Fetch Metadata,
 * 2.3); for older browsers, which do not send this header, Origin is checked.
 */
export function isOwnForm(
  { site, origin }: { site: string | undefined; origin: string | undefined },
  publicUrl: string,
): boolean {
  if (site !== undefined) return site === "same-origin";
  return origin === new URL(publicUrl).origin;
}
