import { expect, test } from "vitest";
import { createApp } from "../../app.ts";
import { findRouteAccess } from "./route-roles.ts";

const PREFIX = "/admin/api";

test("every route of the admin API needs a role", () => {
  const routes = createApp().routes.filter(
    ({ method, path }) => method !== "ALL" && path.startsWith(`${PREFIX}/`),
  );
  expect(routes.length).toBeGreaterThan(60);
  const without = routes
    .filter(({ method, path }) => findRouteAccess(method, path.slice(PREFIX.length)) === undefined)
    .map(({ method, path }) => `${method} ${path}: add a line to edge/admin/access/route-roles.ts`);
  expect([...new Set(without)]).toEqual([]);
});

test.each([
  ["GET", "/users", "viewer"],
  ["GET", "/users/usr_1", "viewer"],
  ["GET", "/users/usr_1/mail-log", "support"],
  ["POST", "/users/usr_1/sweep", "support"],
  ["PATCH", "/users/usr_1", "operator"],
  ["GET", "/dead-letters/counts", "viewer"],
  ["GET", "/dead-letters/evt_1/eml", "support"],
  ["POST", "/dead-letters/redeliver", "support"],
  ["POST", "/dead-letters/delete", "operator"],
  ["DELETE", "/dead-letters/evt_1", "operator"],
  ["GET", "/events/evt_1/attempts", "support"],
  ["POST", "/partners/prt_1/api-keys", "operator"],
  ["PUT", "/admins/adm_1/role", "owner"],
  ["POST", "/api-tokens", "session"],
  ["DELETE", "/session", "session"],
  ["GET", "/sessions", "viewer"],
  ["GET", "/usersx", undefined],
  ["GET", "/nothing", undefined],
  ["GET", "/", undefined],
])("%s %s needs %s", (method, path, role) => {
  expect(findRouteAccess(method, path)).toBe(role);
});
