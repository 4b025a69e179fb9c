import { createFactory } from "hono/factory";
import * as v from "valibot";
import { requestRedelivery } from "../../../db/deliveries/dead-letter-requests.ts";
import { readEventStates } from "../../../db/mail/event-states.ts";
import { readResendFacts, type ResendFacts, requestResend } from "../../../db/mail/resends.ts";
import type { AppEnv } from "../../app-env.ts";
import { validBody, validQuery } from "../../middleware/valid.ts";
import { currentActor } from "../access/actor.ts";
import { judgeResend } from "./judge-resend.ts";

const factory = createFactory<AppEnv, "/events/resend">();

/** The maximum number of events in a request: all events of the longest page. */
const MAX_IDS = 200;

const eventIds = v.pipe(
  v.array(v.pipe(v.string(), v.regex(/^[\w-]{1,60}$/, "must be the id of an event"))),
  v.minLength(1, "must name an event"),
  v.maxLength(MAX_IDS, `must name at most ${MAX_IDS} events`),
);
const chosen = v.strictObject({ ids: eventIds });
const asked = v.object({
  /** Ids that are separated by commas. */
  ids: v.pipe(
    v.string("must name an event"),
    v.maxLength(MAX_IDS * 61, `must name at most ${MAX_IDS} events`),
    v.transform((text) => text.split(",")),
    eventIds,
  ),
});

/**
 * Requests that events are sent again, each under the same `webhook-id`. The answer says which
 * events cannot be sent again, and why.
 */
export const resendEvents = factory.createHandlers(validBody(chosen), async (c) => {
  const ids = [...new Set(c.req.valid("json").ids)];
  const known = new Map((await readResendFacts(c.var.db, ids)).map((one) => [one.eventId, one]));
  const judged = ids.map((id) => ({
    id,
    facts: known.get(id),
    verdict: judgeResend(known.get(id)),
  }));
  const byPartner = (kind: "refetch" | "redeliver") =>
    Map.groupBy(
      judged.flatMap(({ facts, verdict }) => (facts && verdict.kind === kind ? [facts] : [])),
      ({ partnerId }) => partnerId,
    );
  const actor = currentActor(c);
  const requested = await c.var.db.transaction(async (tx) => {
    let count = 0;
    for (const [partnerId, mails] of byPartner("refetch")) {
      count += await requestResend(tx, { partnerId, eventIds: mails.map(toEventId), actor });
    }
    for (const [partnerId, letters] of byPartner("redeliver")) {
      const filter = { eventIds: letters.map(toEventId) };
      count += await requestRedelivery(tx, { partnerId, filter, actor });
    }
    return count;
  });
  const refused = judged.flatMap(({ id, verdict }) =>
    verdict.kind === "refuse" ? [{ id, reason: verdict.reason }] : [],
  );
  return c.json({ requested, refused }, 202);
});

/** Returns how far these events are, which shows the progress of a resend. */
export const getEventStates = createFactory<AppEnv, "/events/states">().createHandlers(
  validQuery(asked),
  async (c) => {
    const states = await readEventStates(c.var.db, c.req.valid("query").ids);
    return c.json({ states }, 200);
  },
);

const toEventId = ({ eventId }: ResendFacts) => eventId;
