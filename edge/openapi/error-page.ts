import { createFactory } from "hono/factory";
import { AppError } from "../../shared/errors.ts";
import type { AppEnv } from "../app-env.ts";

const factory = createFactory<AppEnv>();

const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * Serves the page that explains the error codes. The `type` in every error answer links to this
 * page. Vite builds the page from reference/ and docs/errors.md.
 */
export const getErrorPage = factory.createHandlers(async (c) => {
  const { staticFiles, publicUrl } = c.env;
  const page = await staticFiles?.fetch(`${publicUrl}/reference/errors.html`);
  if (!page?.ok) {
    throw new AppError("unavailable", "Cannot show the page of errors: it was not built");
  }
  return new Response(page.body, {
    headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY },
  });
});
