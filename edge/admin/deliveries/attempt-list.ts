import { createFactory } from "hono/factory";
import * as v from "valibot";
import { type ListedAttempt, listAllAttempts } from "../../../db/deliveries/attempt-list.ts";
import type { AppEnv } from "../../app-env.ts";
import { validQuery } from "../../middleware/valid.ts";
import { instant, line } from "../../text.ts";
import { rowId } from "../row-id.ts";
import { cutTimePage, timePage, timePageFields, timeSort } from "../time-page.ts";
import { parseCode } from "./parse-code.ts";

const factory = createFactory<AppEnv, "/attempts">();

const asked = v.object({
  ...timePageFields,
  sort: timeSort,
  partner_id: v.optional(rowId("prt")),
  user_id: v.optional(rowId("usr")),
  since: v.optional(instant("Made then or later.")),
  until: v.optional(instant("Made before.")),
  code: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^([1-5]\d\d|[1-5]xx|none)$/i, "must be an HTTP status, such as 500, 5xx or none"),
      v.transform(parseCode),
    ),
  ),
  host: v.optional(v.pipe(line(260), v.toLowerCase())),
});

/** Lists attempts of all partners, newest first if no other order is requested. */
export const getAllAttempts = factory.createHandlers(validQuery(asked), async (c) => {
  const { limit, cursor, sort, partner_id, user_id, code, ...fields } = c.req.valid("query");
  const filter = { ...fields, partnerId: partner_id, userId: user_id, status: code };
  const page = timePage(limit, cursor, sort);
  const { attempts, total } = await listAllAttempts(c.var.db, page, filter);
  const { rows, next_cursor } = cutTimePage(attempts, limit, ({ eventId }) => eventId);
  return c.json({ attempts: rows.map(showListedAttempt), next_cursor, total }, 200);
});

const showListedAttempt = (attempt: ListedAttempt) => ({
  event_id: attempt.eventId,
  kind: attempt.kind,
  attempted_at: attempt.position,
  status: attempt.status,
  error: attempt.error,
  duration_ms: attempt.durationMs,
  outcome: attempt.outcome,
  url: attempt.url,
  partner_id: attempt.partnerId,
  partner_name: attempt.partnerName,
  user_id: attempt.userId,
  user_tag: attempt.userTag,
});
