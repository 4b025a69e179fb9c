import { createFactory } from "hono/factory";
import * as v from "valibot";
import { listRetries, type Retry } from "../../../db/deliveries/attempts.ts";
import type { AppEnv } from "../../app-env.ts";
import { validQuery } from "../../middleware/valid.ts";
import { showAttempt } from "../events/show-event.ts";
import { rowId } from "../row-id.ts";
import { cutTimePage, timePage, timePageFields } from "../time-page.ts";

const factory = createFactory<AppEnv, "/deliveries">();

const asked = v.object({ ...timePageFields, partner_id: v.optional(rowId("prt")) });

/**
 * Lists events that wait for a retry, each with its last attempt. The event with the newest attempt
 * comes first.
 */
export const getDeliveries = factory.createHandlers(validQuery(asked), async (c) => {
  const { limit, cursor, partner_id } = c.req.valid("query");
  const found = await listRetries(c.var.db, timePage(limit, cursor), partner_id);
  const { rows, next_cursor } = cutTimePage(found, limit, ({ eventId }) => eventId);
  return c.json({ deliveries: rows.map(showRetry), next_cursor }, 200);
});

const showRetry = (retry: Retry) => ({
  event_id: retry.eventId,
  kind: retry.kind,
  partner_id: retry.partnerId,
  partner_name: retry.partnerName,
  user_id: retry.userId,
  user_tag: retry.userTag,
  lane: { state: retry.laneState, open_until: retry.openUntil?.toISOString() ?? null },
  last_attempt: showAttempt(retry),
});
