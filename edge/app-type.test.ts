import { hc } from "hono/client";
import { expectTypeOf, test } from "vitest";
import type { AppType } from "./app.ts";

const users = hc<AppType>("https://x.test").api.v1.connections[":code"].users;

test("the typed client has the paths, bodies and answers", () => {
  const post = users.$post;
  expectTypeOf(post)
    .parameter(0)
    .toExtend<{ param: { code: string }; json: { tag: string; email?: string | null } }>();
  type Shown = Awaited<ReturnType<Awaited<ReturnType<typeof post>>["json"]>>;
  expectTypeOf<Shown>().toHaveProperty("connected_at").toEqualTypeOf<string | null>();
});

test("the typed client refuses unknown routes and wrong fields", () => {
  expectTypeOf(users).not.toHaveProperty("$delete");
  expectTypeOf(users.$post).parameter(0).not.toExtend<{ json: { tag: number } }>();
});
