import type { Context } from "hono";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import type { Db } from "../../../db/client.ts";
import { type LetterFilter, listLetterOwners } from "../../../db/deliveries/dead-letter-list.ts";
import {
  type LetterRequest,
  requestDeletion,
  requestRedelivery,
} from "../../../db/deliveries/dead-letter-requests.ts";
import type { AppEnv } from "../../app-env.ts";
import { parseLetterChoice } from "../../letters/letter-choice.ts";
import { allLetters, letterFields } from "../../letters/letter-filter.ts";
import { refuseHopeless } from "../../letters/refuse-hopeless.ts";
import { validBody } from "../../middleware/valid.ts";
import { currentActor } from "../access/actor.ts";
import { rowId } from "../row-id.ts";
import { mustFindAnyLetter, showAnyLetter } from "./any-letter.ts";

const one = createFactory<AppEnv, "/dead-letters/:id">();
const oneAgain = createFactory<AppEnv, "/dead-letters/:id/redeliver">();
const manyAgain = createFactory<AppEnv, "/dead-letters/redeliver">();
const manyGone = createFactory<AppEnv, "/dead-letters/delete">();

/** The maximum number of ids in a request. This is enough for all letters of the longest page. */
const MAX_IDS = 200;
const letterIds = v.pipe(
  v.array(v.pipe(v.string(), v.regex(/^[\w-]{1,60}$/, "must be the id of a letter"))),
  v.minLength(1, "must name a letter"),
  v.maxLength(MAX_IDS, `must name at most ${MAX_IDS} letters`),
);

/** Selects letters of one partner or of all partners: by ids, by filter, or `all`. */
const chosen = v.strictObject({
  partner_id: v.optional(rowId("prt")),
  user_id: v.optional(rowId("usr")),
  ids: v.optional(letterIds),
  ...letterFields,
  all: allLetters,
});

/** Requests the redelivery of a letter. Idempotent while the redelivery is in progress. */
export const redeliverAnyLetter = oneAgain.createHandlers(async (c) => {
  const letter = await mustFindAnyLetter(c, c.req.param("id"));
  refuseHopeless(letter);
  const { partnerId, eventId } = letter;
  await c.var.db.transaction((tx) =>
    requestRedelivery(tx, { partnerId, filter: { eventId }, actor: currentActor(c) }),
  );
  return c.json(showAnyLetter(await mustFindAnyLetter(c, eventId)), 202);
});

/**
 * Requests the redelivery of several letters. Skips unreadable letters, and letters whose
 * redelivery is in progress or has succeeded.
 */
export const redeliverChosenLetters = manyAgain.createHandlers(validBody(chosen), async (c) => {
  const requested = await requestForEach(c, c.req.valid("json"), requestRedelivery);
  return c.json({ requested }, 202);
});

/** Deletes a letter, with the mail that it contains. */
export const deleteAnyLetter = one.createHandlers(async (c) => {
  const { partnerId, eventId } = await mustFindAnyLetter(c, c.req.param("id"));
  await c.var.db.transaction((tx) =>
    requestDeletion(tx, { partnerId, filter: { eventId }, actor: currentActor(c) }),
  );
  return c.body(null, 204);
});

/**
 * Deletes several letters. The API hides them immediately. The fleet deletes them from NATS within
 * about a minute.
 */
export const deleteChosenLetters = manyGone.createHandlers(validBody(chosen), async (c) => {
  const deleted = await requestForEach(c, c.req.valid("json"), requestDeletion);
  return c.json({ deleted }, 202);
});

/**
 * Calls `request` for each partner that owns selected letters, all in one transaction. Each call
 * also writes an audit-log entry, and pokes the fleet to act now.
 * @returns The number of letters whose redelivery or deletion was requested.
 */
async function requestForEach(
  c: Context<AppEnv>,
  asked: v.InferOutput<typeof chosen>,
  request: (tx: Db, request: LetterRequest) => Promise<number>,
): Promise<number> {
  const { partner_id, ...fields } = asked;
  const filter = parseLetterChoice(fields);
  const actor = currentActor(c);
  return c.var.db.transaction(async (tx) => {
    let letters = 0;
    for (const partnerId of await listOwners(tx, partner_id, filter)) {
      letters += await request(tx, { partnerId, filter, actor });
    }
    return letters;
  });
}

const listOwners = async (tx: Db, partnerId: string | undefined, filter: LetterFilter) =>
  partnerId === undefined ? listLetterOwners(tx, filter) : [partnerId];
