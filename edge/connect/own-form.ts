/**
 * Whether a POST comes from a page of ours. Browsers say so in Sec-Fetch-Site (W3C Fetch Metadata, 2.3);
 * those that do not yet, by Origin.
 */
export function isOwnForm(
  { site, origin }: { site: string | undefined; origin: string | undefined },
  publicUrl: string,
): boolean {
  if (site !== undefined) return site === "same-origin";
  return origin === new URL(publicUrl).origin;
}
