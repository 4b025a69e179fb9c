import { createMiddleware } from "hono/factory";
import { AppError } from "../../shared/errors.ts";
import { isDecodable } from "../../shared/mail/is-decodable.ts";
import type { AppEnv } from "../app-env.ts";

/**
 * Refuses a path whose percent-encoding is not UTF-8. The router does not decode such escapes. So
 * the path `…/%DF` would find the user with the tag `%DF`, whose correct path is `…/%25DF`.
 */
export const readablePath = createMiddleware<AppEnv>(async (c, next) => {
  if (!isDecodable(new URL(c.req.url).pathname)) {
    throw new AppError("not-found", "Cannot read the path: wanted percent-encoded UTF-8");
  }
  await next();
});
