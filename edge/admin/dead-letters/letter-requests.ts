import type { Context } from "hono";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import { readServerTime } from "../../../db/conditions.ts";
import {
  EVERYBODY,
  findDeadLetter,
  type LetterFilter,
  type LetterOwner,
  type ShownLetter,
} from "../../../db/deliveries/dead-letter-list.ts";
import {
  countMeantByPartner,
  type LetterAction,
  lockChosenLetters,
  toLetterQueries,
} from "../../../db/deliveries/dead-letter-requests.ts";
import type { AppEnv } from "../../app-env.ts";
import { parseLetterChoice } from "../../letters/letter-choice.ts";
import { allLetters, letterFields } from "../../letters/letter-filter.ts";
import { refuseHopeless } from "../../letters/refuse-hopeless.ts";
import { validBody } from "../../middleware/valid.ts";
import { type BuildWrites, runWrite } from "../../run-write.ts";
import { isStorable } from "../../text.ts";
import { currentActor } from "../access/actor.ts";
import { rowId } from "../row-id.ts";
import { letterNotFound, showAnyLetter } from "./any-letter.ts";

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
  const letter = await requestOne(c, "redelivery", c.req.param("id"));
  return c.json(showAnyLetter(letter), 202);
});

/**
 * Requests the redelivery of several letters. Skips unreadable letters, and letters whose
 * redelivery is in progress or has succeeded.
 */
export const redeliverChosenLetters = manyAgain.createHandlers(validBody(chosen), async (c) => {
  const requested = await requestForEach(c, c.req.valid("json"), "redelivery");
  return c.json({ requested }, 202);
});

/** Deletes a letter, with the mail that it contains. */
export const deleteAnyLetter = one.createHandlers(async (c) => {
  await requestOne(c, "deletion", c.req.param("id"));
  return c.body(null, 204);
});

/**
 * Deletes several letters. The API hides them immediately. The fleet deletes them from NATS within
 * about a minute.
 */
export const deleteChosenLetters = manyGone.createHandlers(validBody(chosen), async (c) => {
  const deleted = await requestForEach(c, c.req.valid("json"), "deletion");
  return c.json({ deleted }, 202);
});

/** Requests something for one letter, and returns the letter as it is then. */
async function requestOne(
  c: Context<AppEnv>,
  action: LetterAction,
  id: string,
): Promise<ShownLetter> {
  if (!isStorable(id)) throw letterNotFound();
  const chosenOne = { owner: EVERYBODY, filter: { eventId: id } } as const;
  return runWrite(c.var.db, {
    read: (db) => [
      findDeadLetter(db, EVERYBODY, id),
      countMeantByPartner(db, action, chosenOne),
      readServerTime(db),
    ],
    lock: (tx) => [lockChosenLetters(tx, chosenOne)],
    decide: ([letter, counts, at]) => {
      if (!letter) throw letterNotFound();
      if (action === "redelivery") refuseHopeless(letter);
      const requested = {
        state: "requested",
        redeliverRequestedAt: at,
        redeliveryError: null,
      } as const;
      return {
        result: { ...letter, ...(action === "redelivery" && counts.length > 0 && requested) },
        build: toQueries(c, { action, filter: chosenOne.filter, counts, at }),
      };
    },
  });
}

/**
 * Requests something for all chosen letters of each partner that has some. For each partner, this
 * also writes an audit-log entry, and pokes the fleet to act now.
 * @returns The number of letters whose redelivery or deletion was requested.
 */
async function requestForEach(
  c: Context<AppEnv>,
  asked: v.InferOutput<typeof chosen>,
  action: LetterAction,
): Promise<number> {
  const { partner_id: owner = EVERYBODY, ...fields } = asked;
  const filter = parseLetterChoice(fields);
  const meant: { owner: LetterOwner; filter: LetterFilter } = { owner, filter };
  return runWrite(c.var.db, {
    read: (db) => [countMeantByPartner(db, action, meant), readServerTime(db)],
    lock: (tx) => [lockChosenLetters(tx, meant)],
    decide: ([counts, at]) => ({
      result: counts.reduce((sum, { letters }) => sum + letters, 0),
      build: toQueries(c, { action, filter, counts, at }),
    }),
  });
}

interface CountedLetters {
  action: LetterAction;
  filter: LetterFilter;
  counts: readonly { partnerId: string; letters: number }[];
  at: Date;
}

const toQueries =
  (c: Context<AppEnv>, { action, filter, counts, at }: CountedLetters): BuildWrites =>
  (tx) =>
    counts.flatMap(({ partnerId, letters }) =>
      toLetterQueries(tx, action, { partnerId, filter, actor: currentActor(c), letters, at }),
    );
