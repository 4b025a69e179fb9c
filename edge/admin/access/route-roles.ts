import type { AdminRole } from "../../../shared/admin-roles.ts";

/** The role that a route needs, or `session`: every role, but not with an API token. */
export type RouteAccess = AdminRole | "session";

/**
 * The role that each route of the admin API needs: for GET, and for all other methods. A path also
 * stands for all paths that begin with it; `:id` stands for any one segment. The first line that
 * fits counts.
 *
 * | role     | may also                                                                      |
 * | -------- | ----------------------------------------------------------------------------- |
 * | viewer   | see the overview and all lists, but nothing of a mail; manage its own account |
 * | support  | see mails, their attempts and texts; deliver again; sweep                     |
 * | operator | change partners, connections, users, providers, keys; read the audit log      |
 * | owner    | manage admins, their roles and their sessions                                 |
 */
const ROUTES: readonly [path: string, get: RouteAccess, others: RouteAccess][] = [
  ["/session", "session", "session"],
  ["/password", "session", "session"],
  ["/totp", "session", "session"],
  ["/passkeys", "session", "session"],
  // The handlers limit all roles but the owner to their own sessions and tokens.
  ["/sessions", "viewer", "session"],
  ["/api-tokens", "session", "session"],
  ["/admins", "owner", "owner"],
  ["/audit-log", "operator", "operator"],
  ["/overview", "viewer", "operator"],
  ["/health", "viewer", "operator"],
  ["/traffic", "viewer", "operator"],
  ["/saved-filters", "viewer", "viewer"],
  ["/tracer-log", "viewer", "operator"],
  ["/events", "support", "support"],
  ["/events.csv", "support", "support"],
  ["/attempts", "support", "support"],
  ["/deliveries", "viewer", "support"],
  ["/dead-letters/redeliver", "support", "support"],
  ["/dead-letters/:id/redeliver", "support", "support"],
  ["/dead-letters/:id/mail", "support", "support"],
  ["/dead-letters/:id/eml", "support", "support"],
  ["/dead-letters", "viewer", "operator"],
  ["/users/:id/mail-log", "support", "support"],
  ["/users/:id/sweep", "viewer", "support"],
  ["/users", "viewer", "operator"],
  ["/partners", "viewer", "operator"],
  ["/connections", "viewer", "operator"],
  ["/purges", "viewer", "operator"],
  ["/providers", "viewer", "operator"],
];

/**
 * Returns what a route needs.
 *
 * @param path The path of the route or of a request, without `/admin/api`.
 * @returns undefined when no line of the table fits.
 */
export function findRouteAccess(method: string, path: string): RouteAccess | undefined {
  const segments = path.split("/");
  const found = ROUTES.find(([pattern]) =>
    pattern
      .split("/")
      .every((part, at) => part === segments[at] || isParameter(part, segments[at])),
  );
  if (!found) return undefined;
  const [, get, others] = found;
  return method === "GET" ? get : others;
}

const isParameter = (part: string, segment: string | undefined) =>
  part.startsWith(":") && segment !== undefined;
