import { createFactory } from "hono/factory";
import { AppError } from "../../shared/errors.ts";
import type { AppEnv } from "../app-env.ts";

const factory = createFactory<AppEnv>();

/**
 * Returns the page's Content-Security-Policy.
 *
 * The page runs the scripts of a library, on the same origin as the admin pages. To protect the
 * admin pages from these scripts, the page may load files only from our own origin, and send
 * requests only to the API. The scripts also cannot read an admin page that they open in a window:
 * the admin pages have a `cross-origin-opener-policy` and this page has none, so the browser
 * separates the two windows.
 */
const policy = (origin: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    // Scalar's scripts insert styles, and its HTML has `style` attributes. Neither can have a
    // nonce, so all inline styles are allowed.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src ${origin}/api/v1/`,
    "worker-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

/**
 * Serves the API reference. Its page uses the library Scalar; Vite builds the page from reference/.
 * In the browser, the page requests the OpenAPI document.
 */
export const getReference = factory.createHandlers(async (c) => {
  const { staticFiles, publicUrl } = c.env;
  const page = await staticFiles?.fetch(`${publicUrl}/reference/index.html`);
  if (!page?.ok) {
    throw new AppError("unavailable", "Cannot show the API reference: its page was not built");
  }
  return new Response(page.body, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy(new URL(c.req.url).origin),
    },
  });
});
