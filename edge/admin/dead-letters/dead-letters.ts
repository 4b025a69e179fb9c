import { createFactory } from "hono/factory";
import * as v from "valibot";
import { countDeadLetters, EVERYBODY, listDeadLetters } from "../../../db/dead-letter-list.ts";
import type { AppEnv } from "../../app-env.ts";
import { encodeLetterPosition } from "../../letters/letter-cursor.ts";
import { filterOf, letterCursor, letterFields } from "../../letters/letter-filter.ts";
import { downloadMail, readMail } from "../../letters/read-letter.ts";
import { validQuery } from "../../middleware/valid.ts";
import { oneMore, pageFields } from "../page.ts";
import { rowId } from "../row-id.ts";
import { mustFindLetter, showAnyLetter } from "./any-letter.ts";

const all = createFactory<AppEnv, "/dead-letters">();
const counts = createFactory<AppEnv, "/dead-letters/counts">();
const one = createFactory<AppEnv, "/dead-letters/:id">();
const eml = createFactory<AppEnv, "/dead-letters/:id/eml">();

const partner_id = v.optional(rowId("prt"));
const asked = v.object({
  limit: pageFields("evt").limit,
  cursor: letterCursor("The `next_cursor` of the page before."),
  partner_id,
  user_id: v.optional(rowId("usr")),
  ...letterFields,
});

/** Events that were given up after their last attempt, of all partners; the newest first. */
export const getLetters = all.createHandlers(validQuery(asked), async (c) => {
  const { limit, cursor, partner_id: owner, ...fields } = c.req.valid("query");
  const found = await listDeadLetters(
    c.var.db,
    owner ?? EVERYBODY,
    { after: cursor, limit: oneMore(limit) },
    filterOf(fields),
  );
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const next_cursor =
    last && found.length > limit
      ? encodeLetterPosition({ diedAtMs: last.diedAt.getTime(), eventId: last.eventId })
      : null;
  return c.json({ letters: rows.map(showAnyLetter), next_cursor }, 200);
});

/** Shows how far a redelivery of many is. */
export const getLetterCounts = counts.createHandlers(
  validQuery(v.object({ partner_id })),
  async (c) => {
    const owner = c.req.valid("query").partner_id ?? EVERYBODY;
    return c.json(await countDeadLetters(c.var.db, owner), 200);
  },
);

/** With its mail as text, if that is still stored and the fleet is running. */
export const getLetter = one.createHandlers(async (c) => {
  const letter = await mustFindLetter(c, c.req.param("id"));
  return c.json({ ...showAnyLetter(letter), ...(await readMail(c, letter)) }, 200);
});

/** Its mail, byte for byte. */
export const getLetterEml = eml.createHandlers(async (c) =>
  downloadMail(c, await mustFindLetter(c, c.req.param("id"))),
);
