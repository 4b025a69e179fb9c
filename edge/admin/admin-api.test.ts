import { hc } from "hono/client";
import { expectTypeOf, test } from "vitest";
import type { AppType } from "../app.ts";
import type { AdminApi } from "./admin-api.ts";

const api = hc<AdminApi>("https://x.test/admin/api");

test("the typed client has the paths, bodies and answers", () => {
  const signIn = api.session.$post;
  expectTypeOf(signIn)
    .parameter(0)
    .toExtend<{ json: { email: string; password: string; code?: string } }>();
  type WhoAmI = Awaited<ReturnType<Awaited<ReturnType<typeof signIn>>["json"]>>;
  expectTypeOf<WhoAmI>().toHaveProperty("default_password").toEqualTypeOf<boolean>();
  expectTypeOf<WhoAmI["admin"]>().toHaveProperty("locked_until").toEqualTypeOf<string | null>();

  const reset = api.admins[":id"].password.$post;
  expectTypeOf(reset).parameter(0).toExtend<{ param: { id: string } }>();
  type Reset = Awaited<ReturnType<Awaited<ReturnType<typeof reset>>["json"]>>;
  expectTypeOf<Reset>().toEqualTypeOf<{ one_time_password: string }>();

  expectTypeOf(api.totp.$delete)
    .parameter(0)
    .toExtend<{ json: { password: string; code: string } }>();
  expectTypeOf(api["audit-log"].$get)
    .parameter(0)
    .toExtend<{ query: { actor?: string | undefined; limit?: string | undefined } }>();
});

test("the typed client refuses unknown routes and wrong fields", () => {
  expectTypeOf(api).not.toHaveProperty("partners-of-nobody");
  expectTypeOf(api.session).not.toHaveProperty("$put");
  expectTypeOf(api.session.$post).parameter(0).not.toExtend<{ json: { email: number } }>();
  expectTypeOf(api.admins.$post)
    .parameter(0)
    .not.toExtend<{ json: { email: string; rank: string } }>();
});

test("partners' clients do not know the admin's routes", () => {
  expectTypeOf(hc<AppType>("https://x.test")).not.toHaveProperty("admin");
});
