import { createFactory } from "hono/factory";
import { AppError } from "../../shared/errors.ts";
import type { AppEnv } from "../app-env.ts";
import { adminHeaders } from "./admin-headers.ts";

const factory = createFactory<AppEnv>();

/** One page for the addresses of all screens: it shows the one that the address names. */
export const getPages = factory.createHandlers(adminHeaders, async (c) => {
  const { staticFiles, publicUrl } = c.env;
  const page = await staticFiles?.fetch(`${publicUrl}/admin/index.html`);
  if (!page?.ok) {
    throw new AppError("unavailable", "Cannot show the admin pages: they were not built");
  }
  return new Response(page.body, { headers: { "content-type": "text/html; charset=utf-8" } });
});
