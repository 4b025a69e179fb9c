import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { countAdmins } from "../../../db/admin/admin-users.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";

/** Returns why sign-in must be refused in production; undefined when it is allowed. */
export function unreadyReason(admins: {
  all: number;
  withDefaultPassword: number;
}): string | undefined {
  if (admins.all === 0) return "there is no admin yet: create one with npm run admin:create";
  if (admins.withDefaultPassword > 0) {
    return "an admin has the default password of development: set a new one with npm run admin:reset";
  }
  return undefined;
}

/**
 * Counts the admins in the database, and returns why sign-in must be refused; undefined when it is
 * allowed. In development, sign-in is always allowed.
 */
export const whyUnready = async ({ env, var: { db } }: Context<AppEnv>) =>
  env.isDevelopment ? undefined : unreadyReason(await countAdmins(db));

/** Refuses all requests in production until an admin exists and no default password is in use. */
export const refuseUnready = createMiddleware<AppEnv>(async (c, next) => {
  const reason = await whyUnready(c);
  if (reason === undefined) return next();
  c.var.log.error("admin.refused", { reason });
  throw new AppError("unavailable", `Cannot serve the admin application: ${reason}`);
});
