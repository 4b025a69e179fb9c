import type { Context } from "hono";
import { createFactory } from "hono/factory";
import { listAttempts } from "../../../db/deliveries/attempts.ts";
import { findLane } from "../../../db/deliveries/lanes.ts";
import { findMail, findUserEvent } from "../../../db/mail/mail-log-list.ts";
import { showLane } from "../../partners/lane-schemas.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { showMail, showOwner, showWholeAttempt } from "./show-event.ts";

const one = createFactory<AppEnv, "/events/:id">();
const attempted = createFactory<AppEnv, "/events/:id/attempts">();

/**
 * The maximum number of attempts in an answer. An event whose endpoint keeps answering 403 may have
 * hundreds.
 */
const MAX_ATTEMPTS = 200;

/** Returns one event, about a mail or about a user. */
export const getEvent = one.createHandlers(async (c) =>
  c.json(await mustFindEvent(c, c.req.param("id")), 200),
);

/** Lists the attempts of an event with the endpoint's answers, newest first. */
export const getAttempts = attempted.createHandlers(async (c) => {
  const id = c.req.param("id");
  await mustFindEvent(c, id);
  const attempts = await listAttempts(c.var.db, id, MAX_ATTEMPTS);
  return c.json({ attempts: attempts.map(showWholeAttempt) }, 200);
});

async function mustFindEvent(c: Context<AppEnv>, id: string) {
  const isId = /^[\w-]{1,60}$/.test(id);
  const mail = isId ? await findMail(c.var.db, id) : undefined;
  if (mail) {
    const { state, reason, recordedAt } = mail.mail;
    const lane = showLane(await findLane(c.var.db, mail.owner.partnerId), "admin");
    const shown = { ...showMail(mail.mail), sha1: mail.mail.sha1 };
    const at = recordedAt.toISOString();
    return { id, kind: "new_mail", at, state, reason, ...showOwner(mail.owner), lane, mail: shown };
  }
  const other = isId ? await findUserEvent(c.var.db, id) : undefined;
  if (!other) throw new AppError("not-found", "Cannot find the event");
  const { kind, state, reason, createdAt } = other.event;
  const lane = showLane(await findLane(c.var.db, other.owner.partnerId), "admin");
  const at = createdAt.toISOString();
  return { id, kind, at, state, reason, ...showOwner(other.owner), lane, mail: null };
}
