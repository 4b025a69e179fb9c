import { createFactory } from "hono/factory";
import * as v from "valibot";
import {
  countUserPoints,
  listTrafficShares,
  readTrafficPoints,
} from "../../../db/traffic/read-points.ts";
import { percentileOf } from "../../../shared/latency-histogram.ts";
import type { AppEnv } from "../../app-env.ts";
import { validQuery } from "../../middleware/valid.ts";
import { isStorable } from "../../text.ts";
import { rowId } from "../row-id.ts";
import { successRate, toChartPoints } from "./chart-points.ts";
import { chartOf, listOf, TRAFFIC_RANGES } from "./traffic-range.ts";

const factory = createFactory<AppEnv, "/traffic">();

const range = v.optional(v.picklist(TRAFFIC_RANGES), "day");

const asked = v.object({
  range,
  partner_id: v.optional(rowId("prt")),
  provider_id: v.optional(
    v.pipe(v.string("must be a string"), v.check(isStorable, "must be the id of a provider")),
  ),
  user_id: v.optional(rowId("usr")),
});

/**
 * Returns the points of the charts: of a partner, of a provider, of a partner's users at a
 * provider, of a user, or of all traffic.
 */
export const getTraffic = factory.createHandlers(validQuery(asked), async (c) => {
  const { range: chosen, ...of } = c.req.valid("query");
  const { step, pointMs, timesMs, fromMs } = chartOf(chosen, Date.now());
  const counted = of.user_id
    ? await countUserPoints(c.var.db, of.user_id, { periodMs: pointMs, fromMs })
    : await readTrafficPoints(
        c.var.db,
        { partnerId: of.partner_id, providerId: of.provider_id },
        { step, fromMs },
      );
  const points = toChartPoints(counted, timesMs, pointMs);
  return c.json({ range: chosen, point_s: pointMs / 1_000, points }, 200);
});

/** How many partners or providers a list has. */
const MAX_SHARES = 100;

const askedShares = v.object({ range, by: v.picklist(["partner", "provider"]) });

/** Lists the partners or providers with attempts in a range, the least successful first. */
export const getTrafficShares = factory.createHandlers(validQuery(askedShares), async (c) => {
  const { range: chosen, by } = c.req.valid("query");
  const rows = await listTrafficShares(c.var.db, by, {
    ...listOf(chosen, Date.now()),
    limit: MAX_SHARES,
  });
  const shares = rows.map(({ id, name, mails, attempts, failed, latency }) => ({
    ...{ id, name, mails, attempts, failed },
    success_rate: successRate({ attempts, failed }),
    latency_p50_ms: percentileOf(latency, 0.5),
    latency_p99_ms: percentileOf(latency, 0.99),
  }));
  return c.json({ shares, has_more: shares.length === MAX_SHARES }, 200);
});
