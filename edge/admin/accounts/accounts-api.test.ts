import { hc } from "hono/client";
import { expectTypeOf, test } from "vitest";
import type { AdminApi } from "../admin-api.ts";

const api = hc<AdminApi>("https://x.test/admin/api");
type Answer<Call extends (...args: never[]) => Promise<{ json(): Promise<unknown> }>> = Awaited<
  ReturnType<Awaited<ReturnType<Call>>["json"]>
>;

test("the typed client has partners, their keys and the secrets that are shown once", () => {
  const post = api.partners.$post;
  expectTypeOf(post)
    .parameter(0)
    .toExtend<{ json: { name: string; new_mail_webhook?: string | null } }>();
  expectTypeOf<Answer<typeof post>>().toHaveProperty("webhook_secret").toEqualTypeOf<string>();
  const sign = api.partners[":id"]["api-keys"][":key"].sign.$post;
  expectTypeOf(sign).parameter(0).toExtend<{ param: { id: string; key: string } }>();
  type Shown = Answer<(typeof api.partners)[":id"]["$get"]>;
  expectTypeOf<Shown>().not.toHaveProperty("webhook_secret");
  expectTypeOf<Shown["users_by_state"]["watching"]>().toEqualTypeOf<number | undefined>();
});

test("the typed client has users, without their secrets", () => {
  const patch = api.users[":id"].$patch;
  expectTypeOf(patch)
    .parameter(0)
    .toExtend<{ json: { paused?: boolean; login_password?: string | null } }>();
  expectTypeOf<Answer<typeof patch>>().toHaveProperty("login_password_set");
  expectTypeOf<Answer<typeof patch>>().not.toHaveProperty("login_password");
});

test("the typed client refuses wrong fields and unknown routes", () => {
  expectTypeOf(api.partners.$post).parameter(0).not.toExtend<{ json: { name: number } }>();
  expectTypeOf(api.providers[":id"].$patch).parameter(0).not.toExtend<{ json: { code: string } }>();
  expectTypeOf(api.users).not.toHaveProperty("$post");
  expectTypeOf(api.providers[":id"]).not.toHaveProperty("$delete");
});
