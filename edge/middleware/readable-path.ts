import { createMiddleware } from "hono/factory";
import { AppError } from "../../shared/errors.ts";
import { isDecodable } from "../../shared/mail/is-decodable.ts";
import type { AppEnv } from "../app-env.ts";

/**
 * Refuses a path whose percent-encoding is not UTF-8. The router leaves such escapes as they are.
 * Then `%DF` would mean a user with the tag `%DF`, but the correct URL of that tag has `%25DF`.
 */
export const readablePath = createMiddleware<AppEnv>(async (c, next) => {
  if (!isDecodable(new URL(c.req.url).pathname)) {
    throw new AppError("not-found", "Cannot read the path: wanted percent-encoded UTF-8");
  }
  await next();
});
