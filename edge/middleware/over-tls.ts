import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";

/** The same address over TLS; undefined: it is one already. */
export function tlsAddressOf(address: string): string | undefined {
  const url = new URL(address);
  if (url.protocol !== "http:") return undefined;
  url.protocol = "https:";
  return url.href;
}

/** In production nothing is answered over plain HTTP: 308 has the same request sent again (RFC 9110, 15.4.9). */
export const overTls = createMiddleware<AppEnv>(async (c, next) => {
  const address = c.env.isDevelopment ? undefined : tlsAddressOf(c.req.url);
  return address === undefined ? next() : c.redirect(address, 308);
});
