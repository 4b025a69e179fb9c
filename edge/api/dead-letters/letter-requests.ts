import { createFactory } from "hono/factory";
import { describeRoute } from "hono-openapi";
import type { Context } from "hono";
import type { Db } from "../../../db/client.ts";
import { readServerTime } from "../../../db/conditions.ts";
import type { Ref } from "../../../db/query.ts";
import { findDeadLetter, type LetterFilter } from "../../../db/deliveries/dead-letter-list.ts";
import {
  countMeantLetters,
  type LetterAction,
  lockChosenLetters,
  toLetterQueries,
} from "../../../db/deliveries/dead-letter-requests.ts";
import type { AppEnv } from "../../app-env.ts";
import { answerWrite } from "../../middleware/answer-write.ts";
import { validBody } from "../../middleware/valid.ts";
import { jsonAnswer, problemAnswers } from "../../openapi/answers.ts";
import { parseLetterChoice } from "../../letters/letter-choice.ts";
import {
  deletedAnswer,
  letterAnswer,
  requestedAnswer,
  showLetter,
} from "../../letters/letter-schemas.ts";
import { toSearched } from "../../text.ts";
import { refuseHopeless } from "../../letters/refuse-hopeless.ts";
import { chosenLetters } from "./letter-query.ts";
import { existingLetter } from "./must-find-letter.ts";

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
    const id = toSearched(c.req.param("id"));
    const filter = { eventId: id };
    return answerWrite(c, {
      read: (db, owner) => [
        findDeadLetter(db, owner, id),
        countMeantLetters(db, "redelivery", { owner, filter }),
        readServerTime(db),
      ],
      lock: lockLetters(filter),
      decide: ([found, letters, at]) => {
        const letter = existingLetter(found);
        refuseHopeless(letter);
        const { partnerId } = c.var;
        const request = { partnerId, filter, actor: `partner:${partnerId}`, letters, at };
        const requested = {
          state: "requested",
          redeliverRequestedAt: at,
          redeliveryError: null,
        } as const;
        return {
          answer: c.json(showLetter({ ...letter, ...(letters > 0 && requested) }), 202),
          build: (db) => toLetterQueries(db, "redelivery", request),
        };
      },
    });
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
    const location = `${c.env.publicUrl}/api/v1/dead-letters/counts`;
    return requestMany(c, "redelivery", filter, (requested) =>
      c.json({ requested }, 202, { location }),
    );
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
    const id = toSearched(c.req.param("id"));
    const filter = { eventId: id };
    return answerWrite(c, {
      read: (db, owner) => [findDeadLetter(db, owner, id), readServerTime(db)],
      lock: lockLetters(filter),
      decide: ([found, at]) => {
        existingLetter(found);
        const { partnerId } = c.var;
        const request = { partnerId, filter, actor: `partner:${partnerId}`, letters: 1, at };
        return {
          answer: c.body(null, 204),
          build: (db) => toLetterQueries(db, "deletion", request),
        };
      },
    });
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
    return requestMany(c, "deletion", filter, (deleted) => c.json({ deleted }, 202));
  },
);

const lockLetters = (filter: LetterFilter) => (db: Db, owner: Ref) => [
  lockChosenLetters(db, { owner, filter }),
];

/** Requests something for all letters that match the filter. */
const requestMany = <Answer extends Response>(
  c: Context<AppEnv>,
  action: LetterAction,
  filter: LetterFilter,
  toAnswer: (letters: number) => Answer,
): Promise<Answer> =>
  answerWrite(c, {
    read: (db, owner) => [countMeantLetters(db, action, { owner, filter }), readServerTime(db)],
    lock: lockLetters(filter),
    decide: ([letters, at]) => {
      const { partnerId } = c.var;
      const request = { partnerId, filter, actor: `partner:${partnerId}`, letters, at };
      return {
        answer: toAnswer(letters),
        build: (db) => toLetterQueries(db, action, request),
      };
    },
  });
