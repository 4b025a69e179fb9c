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
 * Creates the handlers of a page that Vite builds from reference/ and a document in docs/.
 *
 * @param file The file of the page in dist/reference.
 */
const serveDocument = (file: string) =>
  factory.createHandlers(async (c) => {
    const { staticFiles, publicUrl } = c.env;
    const page = await staticFiles?.fetch(`${publicUrl}/reference/${file}`);
    if (!page?.ok) throw new AppError("unavailable", "Cannot show the page: it was not built");
    return new Response(page.body, {
      headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY },
    });
  });

/** Serves the page that explains the error codes. The `type` in every error answer links to it. */
export const getErrorPage = serveDocument("errors.html");

/** Serves the page that explains the admin pages. Each of their screens links to its section. */
export const getAdminHelp = serveDocument("admin.html");

/** Serves the page of the runbook. Each problem on the overview links to its section. */
export const getRunbook = serveDocument("runbook.html");
