import { expect, test } from "vitest";
import { findRouteAccess } from "../../edge/admin/access/route-roles.ts";
import { createApp } from "../../edge/app.ts";
import { hasRole } from "../../shared/admin-roles.ts";
import type { AdminBrowser, AdminRequest } from "./admin-browser.ts";
import { type TestAdmin, useAdmin } from "./use-admin.ts";

const PREFIX = "/admin/api";
const admin = useAdmin();
const query = (sql: string, values?: unknown[]) => admin.stack().query(sql, values);

/** The routes come from the router, so that this test also covers new routes. */
const known = createApp().routes.filter(
  ({ method, path }) => method !== "ALL" && path.startsWith(`${PREFIX}/`),
);
/** Removes duplicates: `known` has one entry for each handler of a route. */
const routes = [...new Set(known.map(({ method, path }) => `${method} ${path}`))].map((name) => {
  const [method = "", path = ""] = name.split(" ");
  return { method, path: path.slice(PREFIX.length) };
});

/** The only routes that need no session. */
const SIGN_INS = [
  "POST /session",
  "POST /session/passkey",
  "POST /session/passkey/challenge",
  "POST /session/sso",
  "GET /session/methods",
];
const isSignIn = ({ method, path }: Route) => SIGN_INS.includes(`${method} ${path}`);
type Route = (typeof routes)[number];

/** Returns the contents of all tables as one text. */
async function snapshot(): Promise<string> {
  const tables = await query(
    "select c.oid::regclass::text as name from pg_class c where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1",
  );
  const rows = [];
  for (const { name } of tables) {
    rows.push([name, await query(`select t::text as row from ${String(name)} t order by 1`)]);
  }
  return JSON.stringify(rows);
}

/**
 * Calls every route with ids of existing rows. Expects each call to be refused, and no data to be
 * changed or shown.
 */
async function walk(browser: AdminBrowser, refused: object, request: AdminRequest = {}) {
  const victim = await admin.signedIn();
  const [session] = await query("select id from admin_sessions where admin_id = $1", [victim.id]);
  const before = await snapshot();
  for (const route of routes) {
    const id = route.path.startsWith("/sessions") ? String(session?.["id"]) : victim.id;
    const path = route.path.replaceAll(/:\w+/g, id);
    const body = route.method === "GET" ? {} : { body: { name: "X", email: "x@y.test" } };
    const answer = await browser.call(route.method, path, { ...body, ...request });
    const isAnswered = isSignIn(route) && [200, 422].includes(answer.status);
    const expected = isAnswered ? { status: answer.status } : refused;
    expect([route, answer]).toMatchObject([route, expected]);
    expect(answer.text).not.toContain(victim.email);
    expect(answer.headers.getSetCookie()).toEqual([]);
  }
  expect(await snapshot()).toBe(before);
}

const SIGNED_OUT = { status: 401, body: { code: "sign-in-required" } };
const FORBIDDEN = { status: 403, body: { code: "forbidden" } };

async function browserWhose(change: (one: TestAdmin) => Promise<unknown>): Promise<AdminBrowser> {
  const one = await admin.signedIn();
  await change(one);
  return one.browser;
}

const update = (what: string) => (one: TestAdmin) => query(what, [one.id]);

test("there are routes to walk", () => {
  expect(routes.length).toBeGreaterThan(15);
  expect(routes.filter(isSignIn)).toHaveLength(SIGN_INS.length);
});

test("without a session no route changes or shows anything", async () => {
  await walk(admin.newBrowser(), SIGNED_OUT);
});

test("with an invented cookie no route changes or shows anything", async () => {
  const browser = admin.newBrowser();
  for (const value of ["x", "'; drop table admin_users; --", "A".repeat(43)]) {
    browser.cookie = `__Host-superimap_admin=${encodeURIComponent(value)}`;
    await walk(browser, SIGNED_OUT);
  }
});

test.each([
  ["nobody used for half an hour", "last_seen_at = last_seen_at - interval '31 minutes'"],
  ["began twelve hours ago", "created_at = created_at - interval '721 minutes'"],
  ["was revoked", "revoked_at = now()"],
])("with a session that %s no route changes or shows anything", async (_which, set) => {
  const change = update(`update admin_sessions set ${set} where admin_id = $1`);
  await walk(await browserWhose(change), SIGNED_OUT);
});

test.each([["was removed", "delete from admin_users where id = $1"]])(
  "with the session of an admin who %s no route changes or shows anything",
  async (_who, sql) => {
    await walk(await browserWhose(update(sql)), SIGNED_OUT);
  },
);

test.each([
  ["another origin", { origin: "https://evil.test" }],
  ["another site", { "sec-fetch-site": "cross-site" }],
])("from %s no route changes or shows anything, with a living session", async (_where, headers) => {
  const browser = await browserWhose(async () => undefined);
  await walk(browser, FORBIDDEN, { headers });
});

test.each(["viewer", "support", "operator"] as const)(
  "a %s is refused by each route that needs a higher role, and nothing changes",
  async (role) => {
    const { browser } = await admin.signedIn("chosen", role);
    const before = await snapshot();
    let refused = 0;
    for (const { method, path } of routes) {
      const needed = findRouteAccess(method, path) ?? "owner";
      if (needed === "session" || hasRole(role, needed)) continue;
      const answer = await browser.call(method, path.replaceAll(/:\w+/g, "x"));
      const detail = expect.stringContaining(`it needs the role ${needed}`);
      const body = { code: "role-required", detail };
      expect([path, answer]).toMatchObject([path, { status: 403, body }]);
      refused++;
    }
    expect(refused).toBeGreaterThan(5);
    expect(await snapshot()).toBe(before);
  },
);

test("with a one-time password only the own session is shown, and nothing changes", async () => {
  const { browser } = await admin.signedIn("one_time");
  for (const { method, path } of routes) {
    if (["/password", "/session"].includes(path) || isSignIn({ method, path })) continue;
    const answer = await browser.call(method, path.replaceAll(/:\w+/g, "x"));
    expect([path, answer]).toMatchObject([path, { body: { code: "password-change-required" } }]);
  }
});
