import { createFactory } from "hono/factory";
import { AppError } from "../../shared/errors.ts";
import type { AppEnv } from "../app-env.ts";

const factory = createFactory<AppEnv>();

/**
 * Only files of our own origin are loaded, and no other requests are sent than to the API: the page's scripts are a
 * library's, and the admin pages have the same origin. So it has no `cross-origin-opener-policy` either: the admin
 * pages have one, and a window that was opened from here cannot be read.
 */
const policy = (origin: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    // Scalar adds its styles by script, and has `style` attributes in its HTML: these cannot have a nonce.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src ${origin}/api/v1/`,
    "worker-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

/** Serves the API reference: Scalar, as Vite builds it from reference/. It reads the OpenAPI document by itself. */
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
