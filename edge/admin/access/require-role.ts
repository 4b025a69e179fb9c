import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { matchedRoutes } from "hono/route";
import { type AdminRole, hasRole } from "../../../shared/admin-roles.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { mustHaveSession } from "./require-session.ts";
import { findRouteAccess } from "./route-roles.ts";

const PREFIX = "/admin/api";

/**
 * Refuses a request whose route needs a higher role than the signed-in admin has. A route that is
 * missing in the table of roles is for owners only.
 */
export const requireRole = createMiddleware<AppEnv>(async (c, next) => {
  const route = findRoute(c);
  if (route) {
    const needed = findRouteAccess(route.method, route.path.slice(PREFIX.length)) ?? "owner";
    const { role } = c.var.signedIn;
    if (needed === "session") mustHaveSession(c);
    else if (!hasRole(role, needed)) throw roleRequired(needed, role);
  }
  await next();
});

export const roleRequired = (needed: AdminRole, role: AdminRole) =>
  new AppError(
    "role-required",
    `Cannot do this with the role ${role}: it needs the role ${needed}. An owner can change your role`,
  );

/** Returns the route that handles the request. The first route that matches handles it. */
const findRoute = (c: Context<AppEnv>) =>
  matchedRoutes(c).find(({ method, path }) => method !== "ALL" && path.startsWith(`${PREFIX}/`));
