import { createFactory } from "hono/factory";
import * as v from "valibot";
import { countUpTo } from "../../../db/count-up-to.ts";
import {
  listTracers,
  selectMatchingTracers,
  type Tracer,
} from "../../../db/tracers/tracer-logs.ts";
import type { AppEnv } from "../../app-env.ts";
import { validQuery } from "../../middleware/valid.ts";
import { showStages } from "../../tracers/tracer-stages.ts";
import { rowId } from "../row-id.ts";
import { cutTimePage, timePage, timePageFields, timeSort } from "../time-page.ts";

const factory = createFactory<AppEnv, "/tracer-log">();

const asked = v.object({
  ...timePageFields,
  sort: timeSort,
  user_id: v.optional(rowId("usr")),
  partner_id: v.optional(rowId("prt")),
});

/** Lists the tracers that were sent, newest first if no other order is requested. */
export const getWholeTracerLog = factory.createHandlers(validQuery(asked), async (c) => {
  const { limit, cursor, sort, user_id: userId, partner_id: partnerId } = c.req.valid("query");
  const filter = { userId, partnerId };
  const found = await listTracers(c.var.db, timePage(limit, cursor, sort), filter);
  const { rows, next_cursor } = cutTimePage(found, limit, ({ uid }) => uid);
  const total = await countUpTo(c.var.db, selectMatchingTracers(c.var.db, filter));
  return c.json({ tracers: rows.map(showTracer), next_cursor, total }, 200);
});

const showTracer = (tracer: Tracer) => ({
  uid: tracer.uid,
  user_id: tracer.userId,
  user_tag: tracer.userTag,
  partner_id: tracer.partnerId,
  partner_name: tracer.partnerName,
  /** The event id of the tracer's mail. */
  event_id: tracer.eventId,
  ...showStages(tracer),
});
