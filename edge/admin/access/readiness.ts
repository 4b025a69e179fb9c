import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { countAdmins } from "../../../db/admin/admin-users.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";

/** Why nobody may sign in where others than this machine can reach the edge; undefined: they may. */
export function unreadyReason(admins: {
  all: number;
  withDefaultPassword: number;
}): string | undefined {
  if (admins.all === 0) return "there is no admin yet: npm run admin:create makes one";
  if (admins.withDefaultPassword > 0) {
    return "an admin has development's default password: npm run admin:reset gives another";
  }
  return undefined;
}

/** Of development nothing is asked. */
export const whyUnready = async ({ env, var: { db } }: Context<AppEnv>) =>
  env.isDevelopment ? undefined : unreadyReason(await countAdmins(db));

/** Serves nothing in production until an admin was made there. */
export const refuseUnready = createMiddleware<AppEnv>(async (c, next) => {
  const reason = await whyUnready(c);
  if (reason === undefined) return next();
  c.var.log.error("admin.refused", { reason });
  throw new AppError("unavailable", `Cannot serve the admin application: ${reason}`);
});
