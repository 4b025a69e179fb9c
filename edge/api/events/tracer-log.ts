import { createFactory } from "hono/factory";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import { listTracers, type Tracer } from "../../../db/tracers/tracer-logs.ts";
import type { AppEnv } from "../../app-env.ts";
import { validQuery } from "../../middleware/valid.ts";
import { jsonAnswer } from "../../openapi/answers.ts";
import { line } from "../../text.ts";
import { encodeTimePosition, timeCursor } from "../../paging/time-cursor.ts";
import { showStages, tracerStages } from "../../tracers/tracer-stages.ts";
import { pageQuery } from "../page.ts";

const factory = createFactory<AppEnv, "/tracer-log">();

const tracerQuery = v.object({
  limit: pageQuery("evt").entries.limit,
  cursor: v.optional(
    v.pipe(
      timeCursor,
      v.description(
        "The position of the next page, from the `Link` header of the previous answer.",
      ),
    ),
  ),
  imap_provider_code: v.optional(
    v.pipe(line(255), v.description("Only tracers of this connection's users.")),
  ),
  user_tag: v.optional(
    v.pipe(line(255), v.description("Only tracers of users with this tag; case is ignored.")),
  ),
});

const loggedTracer = v.object({
  uid: v.pipe(
    v.string(),
    v.description("The id that follows `TRACER: ` in the subject of its mail."),
  ),
  user_tag: v.pipe(v.string(), v.description("The user's current tag.")),
  imap_provider_code: v.string(),
  event_id: v.pipe(
    v.nullable(v.string()),
    v.description("The `webhook-id` of its webhook, if it is delivered."),
  ),
  ...tracerStages.entries,
});

export const getTracerLog = factory.createHandlers(
  describeRoute({
    operationId: "listTracers",
    tags: ["Tracers"],
    summary: "List the tracers that were sent to the partner's tracer users, newest first",
    description:
      "A tracer is a mail that SuperIMAP sends to a user to measure how long mail takes. The operator of the installation decides which users are tracer users, and whether their tracers are delivered.",
    responses: { 200: jsonAnswer("The tracers.", v.array(loggedTracer)) },
  }),
  validQuery(tracerQuery),
  async (c) => {
    const { limit, cursor: after, ...filter } = c.req.valid("query");
    const { imap_provider_code: providerCode, user_tag: userTag } = filter;
    // Reads one row more than the page shows. If the additional row exists, there is a next page.
    const page = { after, limit: limit + 1 };
    const [found] = await c.var.enter((db, partnerId) => [
      listTracers(db, page, { partnerId, providerCode, userTag }),
    ]);
    const rows = found.slice(0, limit);
    const shown = rows.map(showTracer);
    const last = rows.at(-1);
    if (!last || found.length <= limit) return c.json(shown, 200);
    const cursor = encodeTimePosition({ at: last.position, id: last.uid });
    const query = new URLSearchParams({ limit: String(limit), cursor });
    if (providerCode !== undefined) query.set("imap_provider_code", providerCode);
    if (userTag !== undefined) query.set("user_tag", userTag);
    const url = `${c.env.publicUrl}/api/v1/tracer-log?${query.toString()}`;
    return c.json(shown, 200, { link: `<${url}>; rel="next"` });
  },
);

const showTracer = (tracer: Tracer): v.InferOutput<typeof loggedTracer> => ({
  uid: tracer.uid,
  user_tag: tracer.userTag,
  imap_provider_code: tracer.providerCode,
  event_id: tracer.eventId,
  ...showStages(tracer),
});
