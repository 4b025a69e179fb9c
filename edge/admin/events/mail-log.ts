import { createFactory } from "hono/factory";
import * as v from "valibot";
import { listMailLog } from "../../../db/mail/mail-log-list.ts";
import { MAIL_STATES } from "../../../db/mail/tables.ts";
import { findUserById } from "../../../db/users/users.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { validQuery } from "../../middleware/valid.ts";
import { instant } from "../../text.ts";
import { isRowId } from "../row-id.ts";
import { cutTimePage, timePage, timePageFields } from "../time-page.ts";
import { showMail } from "./show-event.ts";

const factory = createFactory<AppEnv, "/users/:id/mail-log">();

const mailFilter = {
  state: v.optional(v.picklist(MAIL_STATES, `must be one of ${MAIL_STATES.join(", ")}`)),
  since: v.optional(instant("Recorded then or later.")),
  until: v.optional(instant("Recorded before.")),
};

/** Lists what happened to each mail of a user, newest first. Skipped mails are included. */
export const getMailLog = factory.createHandlers(
  validQuery(v.object({ ...timePageFields, ...mailFilter })),
  async (c) => {
    const { db } = c.var;
    const { limit, cursor, ...asked } = c.req.valid("query");
    const id = c.req.param("id");
    const user = isRowId("usr", id) ? await findUserById(db, id) : undefined;
    if (!user) throw new AppError("not-found", "Cannot find the user");
    const found = await listMailLog(db, id, timePage(limit, cursor), asked);
    const { rows, next_cursor } = cutTimePage(found, limit, ({ eventId }) => eventId);
    return c.json({ user: { id, tag: user.tag }, mails: rows.map(showMail), next_cursor }, 200);
  },
);
