const HOME = "/admin/";
/** Paths below /admin/ that are no pages. */
const NO_PAGES = ["/admin/api/", "/admin/sso/", "/admin/assets/"];

/**
 * Returns the path of the admin page to open after a sign-in, with its query. Anything else than a
 * page of our own becomes the first page, so that nobody is sent to another site.
 */
export function toReturnPath(asked: string, publicUrl: string): string {
  const { origin } = new URL(publicUrl);
  const url = URL.parse(asked, origin);
  if (url?.origin !== origin || !url.pathname.startsWith(HOME)) return HOME;
  if (NO_PAGES.some((path) => url.pathname.startsWith(path))) return HOME;
  return url.pathname + url.search;
}
