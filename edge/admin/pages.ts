import { createFactory } from "hono/factory";
import { AppError } from "../../shared/errors.ts";
import type { AppEnv } from "../app-env.ts";
import { admitPage } from "../middleware/admit-page.ts";
import { database } from "../middleware/database.ts";
import { adminHeaders } from "./access/admin-headers.ts";
import { whyUnready } from "./access/readiness.ts";

const factory = createFactory<AppEnv>();

/**
 * Serves the same HTML page for every screen. The script in the page chooses the screen by the
 * address, or shows why nobody can sign in.
 */
export const getPages = factory.createHandlers(adminHeaders, admitPage, database, async (c) => {
  const { staticFiles, publicUrl } = c.env;
  const page = await staticFiles?.fetch(`${publicUrl}/admin/index.html`);
  if (!page?.ok) {
    throw new AppError("unavailable", "Cannot show the admin pages: they were not built");
  }
  const isReady = (await whyUnready(c)) === undefined;
  return new Response(page.body, {
    status: isReady ? 200 : 503,
    headers: { "content-type": "text/html; charset=utf-8" },
  });
});
