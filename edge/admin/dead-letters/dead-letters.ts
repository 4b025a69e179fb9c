import { createFactory } from "hono/factory";
import * as v from "valibot";
import { groupDeadLetters, type LetterGroup } from "../../../db/deliveries/dead-letter-groups.ts";
import {
  countDeadLetters,
  EVERYBODY,
  listDeadLetters,
} from "../../../db/deliveries/dead-letter-list.ts";
import type { AppEnv } from "../../app-env.ts";
import { encodeLetterPosition } from "../../letters/letter-cursor.ts";
import { letterCursor, letterFields, toLetterFilter } from "../../letters/letter-filter.ts";
import { answerWithMail, readMail } from "../../letters/read-letter.ts";
import { validQuery } from "../../middleware/valid.ts";
import { oneMore, pageFields } from "../page.ts";
import { rowId } from "../row-id.ts";
import { mustFindAnyLetter, showAnyLetter } from "./any-letter.ts";

const all = createFactory<AppEnv, "/dead-letters">();
const counts = createFactory<AppEnv, "/dead-letters/counts">();
const groups = createFactory<AppEnv, "/dead-letters/groups">();
const one = createFactory<AppEnv, "/dead-letters/:id">();
const mail = createFactory<AppEnv, "/dead-letters/:id/mail">();
const eml = createFactory<AppEnv, "/dead-letters/:id/eml">();

const narrowed = {
  partner_id: v.optional(rowId("prt")),
  user_id: v.optional(rowId("usr")),
  ...letterFields,
};
const asked = v.object({
  limit: pageFields("evt").limit,
  cursor: letterCursor("The `next_cursor` of the previous page."),
  ...narrowed,
});

const MAX_GROUPS = 20;

/** Lists dead letters of all partners, newest first. */
export const getAllLetters = all.createHandlers(validQuery(asked), async (c) => {
  const { limit, cursor, partner_id: owner, ...fields } = c.req.valid("query");
  const found = await listDeadLetters(
    c.var.db,
    owner ?? EVERYBODY,
    { after: cursor, limit: oneMore(limit) },
    toLetterFilter(fields),
  );
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const next_cursor =
    last && found.length > limit
      ? encodeLetterPosition({ diedAtMs: last.diedAt.getTime(), eventId: last.eventId })
      : null;
  return c.json({ letters: rows.map(showAnyLetter), next_cursor }, 200);
});

/** Counts the letters that a filter selects. Repeated calls show the progress of a redelivery. */
export const getAllLetterCounts = counts.createHandlers(
  validQuery(v.object(narrowed)),
  async (c) => {
    const { partner_id: owner, ...fields } = c.req.valid("query");
    const found = await countDeadLetters(c.var.db, owner ?? EVERYBODY, toLetterFilter(fields));
    return c.json(found, 200);
  },
);

/**
 * Lists letters in the state `waiting`, grouped by partner and reason. The largest group comes
 * first.
 */
export const getLetterGroups = groups.createHandlers(validQuery(v.object(narrowed)), async (c) => {
  const { partner_id: owner, ...fields } = c.req.valid("query");
  const filter = toLetterFilter(fields);
  const found = await groupDeadLetters(c.var.db, owner ?? EVERYBODY, filter, MAX_GROUPS);
  return c.json({ groups: found.map(showGroup) }, 200);
});

const showGroup = (group: LetterGroup) => ({
  partner_id: group.partnerId,
  partner_name: group.partnerName,
  last_error: group.lastError,
  letters: group.letters,
  last_died_at: group.diedAt.toISOString(),
});

export const getAnyLetter = one.createHandlers(async (c) =>
  c.json(showAnyLetter(await mustFindAnyLetter(c, c.req.param("id"))), 200),
);

/**
 * Returns a letter's mail as text. If the mail is not stored any more or the fleet is not running,
 * the answer contains the reason instead.
 */
export const getLetterMail = mail.createHandlers(async (c) =>
  c.json(await readMail(c, await mustFindAnyLetter(c, c.req.param("id"))), 200),
);

/** Returns a letter's mail byte for byte. */
export const getAnyLetterEml = eml.createHandlers(async (c) =>
  answerWithMail(c, await mustFindAnyLetter(c, c.req.param("id"))),
);
