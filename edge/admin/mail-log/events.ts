import type { Context } from "hono";
import { createFactory } from "hono/factory";
import { listAttempts } from "../../../db/deliveries/attempts.ts";
import { findMail, findUserEvent } from "../../../db/mail/mail-log-list.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { showAttempt, showMail, showOwner } from "./show-event.ts";

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
  return c.json({ attempts: attempts.map(showAttempt) }, 200);
});

async function mustFindEvent(c: Context<AppEnv>, id: string) {
  const isId = /^[\w-]{1,60}$/.test(id);
  const mail = isId ? await findMail(c.var.db, id) : undefined;
  if (mail) {
    const { state, reason, recordedAt } = mail.mail;
    const shown = { ...showMail(mail.mail), sha1: mail.mail.sha1 };
    const at = recordedAt.toISOString();
    return { id, kind: "new_mail", at, state, reason, ...showOwner(mail.owner), mail: shown };
  }
  const other = isId ? await findUserEvent(c.var.db, id) : undefined;
  if (!other) throw new AppError("not-found", "Cannot find the event");
  const { kind, state, reason, createdAt } = other.event;
  const at = createdAt.toISOString();
  return { id, kind, at, state, reason, ...showOwner(other.owner), mail: null };
}
