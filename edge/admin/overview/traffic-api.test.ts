import { hc } from "hono/client";
import { expectTypeOf, test } from "vitest";
import type { AdminApi } from "../admin-api.ts";

const api = hc<AdminApi>("https://x.test/admin/api");

type BodyOf<Route extends (...args: never[]) => Promise<{ json(): Promise<unknown> }>> = Awaited<
  ReturnType<Awaited<ReturnType<Route>>["json"]>
>;

test("the typed client has the fields of the overview", () => {
  type Overview = BodyOf<typeof api.overview.$get>;
  expectTypeOf<Overview["instances"][number]["state"]>().toEqualTypeOf<
    "up" | "draining" | "restarting" | "cut_off" | "no_nats" | "gone"
  >();
  expectTypeOf<Overview["problems"][number]["urgency"]>().toEqualTypeOf<
    "page" | "ticket" | "info"
  >();
  expectTypeOf<Overview["problems"][number]["since"]>().toEqualTypeOf<string | null>();
  expectTypeOf<Overview["latency_ms"]["p99"]>().toEqualTypeOf<number | null>();
});

test("the typed client has the requests for dead letters", () => {
  const redeliver = api["dead-letters"].redeliver.$post;
  expectTypeOf(redeliver)
    .parameter(0)
    .toExtend<{ json: { partner_id?: string | undefined; error?: string | undefined } }>();
  expectTypeOf<BodyOf<typeof redeliver>>().toEqualTypeOf<{ requested: number }>();
  expectTypeOf(redeliver).parameter(0).not.toExtend<{ json: { partner: string } }>();
  expectTypeOf(api["dead-letters"][":id"].$get).parameter(0).toExtend<{ param: { id: string } }>();
});

test("the typed client has a mail's states and an attempt's outcomes", () => {
  type Mail = BodyOf<(typeof api.users)[":id"]["mail-log"]["$get"]>["mails"][number];
  expectTypeOf<Mail["state"]>().toEqualTypeOf<
    "queued" | "delivered" | "dead" | "skipped" | "parked" | "lost"
  >();
  type Last = NonNullable<BodyOf<typeof api.events.$get>["events"][number]["last_attempt"]>;
  expectTypeOf<Last["next_attempt_at"]>().toEqualTypeOf<string | null>();
});
