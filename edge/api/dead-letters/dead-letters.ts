import { createFactory } from "hono/factory";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import { countDeadLetters, listDeadLetters } from "../../../db/deliveries/dead-letter-list.ts";
import type { AppEnv } from "../../app-env.ts";
import { validQuery } from "../../middleware/valid.ts";
import { jsonAnswer, problemAnswers } from "../../openapi/answers.ts";
import { encodeLetterPosition } from "../../letters/letter-cursor.ts";
import { toLetterFilter } from "../../letters/letter-filter.ts";
import {
  letterAnswer,
  letterCounts,
  readLetterAnswer,
  showLetter,
} from "../../letters/letter-schemas.ts";
import { answerWithMail, readMail } from "../../letters/read-letter.ts";
import { letterQuery, toQuery } from "./letter-query.ts";
import { mustFindLetter } from "./must-find-letter.ts";

const all = createFactory<AppEnv, "/dead-letters">();
const counts = createFactory<AppEnv, "/dead-letters/counts">();
const one = createFactory<AppEnv, "/dead-letters/:id">();
const eml = createFactory<AppEnv, "/dead-letters/:id/eml">();

export const getLetters = all.createHandlers(
  describeRoute({
    operationId: "listDeadLetters",
    tags: ["Dead letters"],
    summary: "List events that were given up after their last attempt, newest first",
    responses: { 200: jsonAnswer("The letters.", v.array(letterAnswer)) },
  }),
  validQuery(letterQuery),
  async (c) => {
    const { limit, cursor, ...fields } = c.req.valid("query");
    // Reads one row more than the page shows. If the additional row exists, there is a next page.
    const page = { after: cursor, limit: limit + 1 };
    const [found] = await c.var.enter((db, partner) => [
      listDeadLetters(db, partner, page, toLetterFilter(fields)),
    ]);
    const rows = found.slice(0, limit);
    const shown = rows.map(showLetter);
    const last = rows.at(-1);
    if (!last || found.length <= limit) return c.json(shown, 200);
    const query = toQuery(fields);
    query.set("limit", String(limit));
    const position = { diedAtMs: last.diedAt.getTime(), eventId: last.eventId };
    query.set("cursor", encodeLetterPosition(position));
    const url = `${c.env.publicUrl}/api/v1/dead-letters?${query.toString()}`;
    return c.json(shown, 200, { link: `<${url}>; rel="next"` });
  },
);

export const getLetterCounts = counts.createHandlers(
  describeRoute({
    operationId: "countDeadLetters",
    tags: ["Dead letters"],
    summary: "Count the dead letters by state",
    description: "Shows the progress of a redelivery of many letters.",
    responses: { 200: jsonAnswer("The counts.", letterCounts) },
  }),
  async (c) => {
    const [found] = await c.var.enter((db, partner) => [countDeadLetters(db, partner)]);
    return c.json(found);
  },
);

export const getLetter = one.createHandlers(
  describeRoute({
    operationId: "getDeadLetter",
    tags: ["Dead letters"],
    summary: "Read a letter",
    description:
      "With its mail as text, if the mail is still stored and the fleet is running; otherwise `mail_missing` says why not.",
    responses: {
      200: jsonAnswer("The letter.", readLetterAnswer),
      ...problemAnswers("not-found"),
    },
  }),
  async (c) => {
    const letter = await mustFindLetter(c, c.req.param("id"));
    return c.json({ ...showLetter(letter), ...(await readMail(c, letter)) });
  },
);

export const getLetterEml = eml.createHandlers(
  describeRoute({
    operationId: "downloadDeadLetter",
    tags: ["Dead letters"],
    summary: "Download a letter's mail, byte for byte",
    responses: {
      200: {
        description: "The mail (RFC 5322).",
        content: { "message/rfc822": { schema: { type: "string", format: "binary" } } },
      },
      ...problemAnswers("not-found", "conflict", "unavailable"),
    },
  }),
  async (c) => answerWithMail(c, await mustFindLetter(c, c.req.param("id"))),
);
