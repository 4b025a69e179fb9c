import { createFactory } from "hono/factory";
import * as v from "valibot";
import { sumLanes } from "../../../db/deliveries/lanes.ts";
import type { AppEnv } from "../../app-env.ts";
import { validQuery } from "../../middleware/valid.ts";
import { rowId } from "../row-id.ts";

const factory = createFactory<AppEnv, "/deliveries">();

const asked = v.object({ partner_id: v.optional(rowId("prt")) });

/** Counts the events that are not delivered yet, as the fleet has reported them lately. */
export const getDeliveries = factory.createHandlers(validQuery(asked), async (c) => {
  const { inFlight, pending, retrying } = await sumLanes(c.var.db, c.req.valid("query").partner_id);
  return c.json({ in_flight: inFlight, pending, retrying }, 200);
});
