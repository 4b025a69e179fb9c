import { createFactory } from "hono/factory";
import * as v from "valibot";
import { listTracers, type Tracer } from "../../../db/tracer-logs.ts";
import type { AppEnv } from "../../app-env.ts";
import { validQuery } from "../../middleware/valid.ts";
import { rowId } from "../row-id.ts";
import { timePage, timePageFields, timePageOf } from "../time-page.ts";

const factory = createFactory<AppEnv, "/tracer-log">();

const asked = v.object({ ...timePageFields, user_id: v.optional(rowId("usr")) });

/** The tracers that were sent, the newest first. */
export const getTracerLog = factory.createHandlers(validQuery(asked), async (c) => {
  const { limit, cursor, user_id } = c.req.valid("query");
  const found = await listTracers(c.var.db, timePage(limit, cursor), user_id);
  const { rows, next_cursor } = timePageOf(found, limit, ({ uid }) => uid);
  return c.json({ tracers: rows.map(showTracer), next_cursor }, 200);
});

const showTracer = (tracer: Tracer) => ({
  uid: tracer.uid,
  user_id: tracer.userId,
  user_tag: tracer.userTag,
  partner_id: tracer.partnerId,
  partner_name: tracer.partnerName,
  sent_at: tracer.sentAt.toISOString(),
  seen_at: tracer.seenAt?.toISOString() ?? null,
  published_at: tracer.publishedAt?.toISOString() ?? null,
  answered_at: tracer.answeredAt?.toISOString() ?? null,
  /** From the sending to the webhook's success; null: it is under way, or lost. */
  latency_ms: tracer.answeredAt && tracer.answeredAt.getTime() - tracer.sentAt.getTime(),
});
