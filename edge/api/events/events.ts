import { createFactory } from "hono/factory";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import { readEventLog } from "../../../db/mail/event-log.ts";
import type { AppEnv } from "../../app-env.ts";
import { validQuery } from "../../middleware/valid.ts";
import { jsonAnswer } from "../../openapi/answers.ts";
import { encodePosition } from "./event-cursor.ts";
import { eventQuery, loggedEvent, showEvent } from "./event-schemas.ts";

const factory = createFactory<AppEnv, "/events">();

export const getEvents = factory.createHandlers(
  describeRoute({
    operationId: "listEvents",
    tags: ["Events"],
    summary: "Read the log of events that were or will be sent to the webhooks",
    description:
      "Use it to catch up after your endpoint was down: remember the `cursor` of the last event, and continue from there. No event is ever missed, and none appears before one that you have read, even after our database was restored from a backup. An event that is sent again on request appears again at the end of the log, with its original id. The log contains no bodies.",
    responses: { 200: jsonAnswer("The events.", v.array(loggedEvent)) },
  }),
  validQuery(eventQuery),
  async (c) => {
    const { limit, after, kind } = c.req.valid("query");
    // Reads one row more than the page shows. If the additional row exists, there is a next page.
    const [found] = await c.var.enter((db, partnerId) => [
      readEventLog(db, { partnerId, after, kind, limit: limit + 1 }),
    ]);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const shown = page.filter((event) => !event.isRemoved).map(showEvent);
    if (!last || found.length <= limit) return c.json(shown, 200);
    const query = new URLSearchParams({
      limit: String(limit),
      after: encodePosition(last.position),
    });
    if (kind !== undefined) query.set("kind", kind);
    const link = `<${c.env.publicUrl}/api/v1/events?${query.toString()}>; rel="next"`;
    return c.json(shown, 200, { link });
  },
);
