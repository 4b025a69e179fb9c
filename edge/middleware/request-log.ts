import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import { createLog } from "../../shared/log.ts";
import type { AppEnv } from "../app-env.ts";

/**
 * Logs one line for each request. The line contains the route's pattern instead of the path,
 * because paths contain users' tags.
 */
export const requestLog = createMiddleware<AppEnv>(async (c, next) => {
  const startedAtMs = Date.now();
  const log = createLog((line) => console.log(line)).with({ request_id: c.var.requestId });
  c.set("log", log);
  await next();
  const signedIn = c.get("signedIn");
  log.info("request.handled", {
    method: c.req.method,
    route: routePath(c, -1),
    status: c.res.status,
    duration_ms: Date.now() - startedAtMs,
    partner_id: c.get("partnerId"),
    admin_id: signedIn?.adminId,
    admin_api_token_id: signedIn?.by.kind === "api-token" ? signedIn.by.tokenId : undefined,
  });
});
