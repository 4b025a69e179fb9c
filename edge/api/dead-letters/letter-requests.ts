import { createFactory } from "hono/factory";
import { describeRoute } from "hono-openapi";
import { findDeadLetter } from "../../../db/deliveries/dead-letter-list.ts";
import { requestDeletion, requestRedelivery } from "../../../db/deliveries/dead-letter-requests.ts";
import type { AppEnv } from "../../app-env.ts";
import { validBody } from "../../middleware/valid.ts";
import { jsonAnswer, problemAnswers } from "../../openapi/answers.ts";
import { parseLetterChoice } from "../../letters/letter-choice.ts";
import {
  deletedAnswer,
  letterAnswer,
  requestedAnswer,
  showLetter,
} from "../../letters/letter-schemas.ts";
import { refuseHopeless } from "../../letters/refuse-hopeless.ts";
import { chosenLetters } from "./letter-query.ts";
import { mustFindLetter } from "./must-find-letter.ts";

const one = createFactory<AppEnv, "/dead-letters/:id">();
const oneAgain = createFactory<AppEnv, "/dead-letters/:id/redeliver">();
const manyAgain = createFactory<AppEnv, "/dead-letters/redeliver">();
const manyGone = createFactory<AppEnv, "/dead-letters/delete">();

const AGAIN =
  "Under its first `webhook-id`, with all its attempts again. Mail that is no longer stored is fetched from its mailbox, if it is still there, which may take a quarter of an hour.";

export const postRedelivery = oneAgain.createHandlers(
  describeRoute({
    operationId: "redeliverDeadLetter",
    tags: ["Dead letters"],
    summary: "Redeliver an event that was given up",
    description: `${AGAIN} Doing it again while it is under way changes nothing.`,
    responses: {
      202: jsonAnswer("The letter.", letterAnswer),
      ...problemAnswers("not-found", "conflict"),
    },
  }),
  async (c) => {
    const letter = await mustFindLetter(c, c.req.param("id"));
    const { db, partnerId } = c.var;
    refuseHopeless(letter);
    const filter = { eventId: letter.eventId };
    await db.transaction((tx) =>
      requestRedelivery(tx, { partnerId, filter, actor: `partner:${partnerId}` }),
    );
    const changed = await findDeadLetter(db, partnerId, letter.eventId);
    return c.json(showLetter(changed ?? letter), 202);
  },
);

export const postRedeliveries = manyAgain.createHandlers(
  describeRoute({
    operationId: "redeliverDeadLetters",
    tags: ["Dead letters"],
    summary: "Redeliver many events that were given up",
    description: `${AGAIN} Letters that are being redelivered, were redelivered, or are unreadable are skipped. \`GET /dead-letters/counts\` shows the progress.`,
    responses: { 202: jsonAnswer("The redelivery continues in the background.", requestedAnswer) },
  }),
  validBody(chosenLetters),
  async (c) => {
    const filter = parseLetterChoice(c.req.valid("json"));
    await c.var.enter(() => []);
    const { db, partnerId } = c.var;
    const requested = await db.transaction((tx) =>
      requestRedelivery(tx, { partnerId, filter, actor: `partner:${partnerId}` }),
    );
    const location = `${c.env.publicUrl}/api/v1/dead-letters/counts`;
    return c.json({ requested }, 202, { location });
  },
);

export const deleteLetter = one.createHandlers(
  describeRoute({
    operationId: "deleteDeadLetter",
    tags: ["Dead letters"],
    summary: "Delete a letter and its stored mail",
    description: "The event stays dead in the log of events.",
    responses: { 204: { description: "The letter is deleted." }, ...problemAnswers("not-found") },
  }),
  async (c) => {
    const { eventId } = await mustFindLetter(c, c.req.param("id"));
    const { db, partnerId } = c.var;
    await db.transaction((tx) =>
      requestDeletion(tx, { partnerId, filter: { eventId }, actor: `partner:${partnerId}` }),
    );
    return c.body(null, 204);
  },
);

export const deleteLetters = manyGone.createHandlers(
  describeRoute({
    operationId: "deleteDeadLetters",
    tags: ["Dead letters"],
    summary: "Delete many letters and their stored mails",
    description:
      "They disappear from the API immediately, and from our stores within about a minute.",
    responses: { 202: jsonAnswer("The number of deleted letters.", deletedAnswer) },
  }),
  validBody(chosenLetters),
  async (c) => {
    const filter = parseLetterChoice(c.req.valid("json"));
    await c.var.enter(() => []);
    const { db, partnerId } = c.var;
    const deleted = await db.transaction((tx) =>
      requestDeletion(tx, { partnerId, filter, actor: `partner:${partnerId}` }),
    );
    return c.json({ deleted }, 202);
  },
);
