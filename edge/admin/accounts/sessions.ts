import type { Context } from "hono";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import {
  type ListedSession,
  listSessions,
  selectListedSessions,
  SESSION_ORDERS,
  requireUnrevoked,
  revokeSession,
} from "../../../db/admin/admin-sessions.ts";
import { countUpTo } from "../../../db/count-up-to.ts";
import { hasRole } from "../../../shared/admin-roles.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { validQuery } from "../../middleware/valid.ts";
import { auditSession, currentActor } from "../access/actor.ts";
import { cutPage, oneMore, pageFields, sortField } from "../page.ts";
import { refusingMissing } from "../refusing-missing.ts";
import { isRowId } from "../row-id.ts";

const all = createFactory<AppEnv, "/sessions">();
const one = createFactory<AppEnv, "/sessions/:id">();

/** Lists the sessions of all admins for an owner, and the own sessions for every other role. */
export const getSessions = all.createHandlers(
  validQuery(v.object({ ...pageFields("ses"), sort: sortField(SESSION_ORDERS) })),
  async (c) => {
    const { limit, cursor, sort } = c.req.valid("query");
    const { db } = c.var;
    const of = limitToOwn(c);
    const page = { order: sort, after: cursor, limit: oneMore(limit) };
    const { rows, next_cursor } = cutPage(await listSessions(db, of, page), limit);
    const total = await countUpTo(db, selectListedSessions(db, of));
    const sessions = rows.map((row) => ({ ...showSession(row), current: isCurrent(c, row.id) }));
    return c.json({ sessions, next_cursor, total }, 200);
  },
);

/** Ends a session immediately: an owner of any admin, every other role an own one. */
export const removeAnySession = one.createHandlers(async (c) => {
  const id = c.req.param("id");
  if (!isRowId("ses", id)) throw sessionNotFound();
  const actor = currentActor(c);
  const revoke = c.var.db.batch((tx) => [
    requireUnrevoked(tx, id, limitToOwn(c)),
    revokeSession(tx, id),
    auditSession(tx, { id, actor, action: "admin_session.revoked" }),
  ]);
  await refusingMissing(revoke, sessionNotFound);
  return c.body(null, 204);
});

const sessionNotFound = () => new AppError("not-found", "Cannot find a session to end");

const isCurrent = (c: Context<AppEnv>, id: string) => {
  const { by } = c.var.signedIn;
  return by.kind === "session" && by.sessionId === id;
};

/**
 * Returns the only admin whose sessions and tokens the caller may see; undefined when it may see
 * all.
 */
export const limitToOwn = (c: Context<AppEnv>) =>
  hasRole(c.var.signedIn.role, "owner") ? undefined : c.var.signedIn.adminId;

const showSession = (session: ListedSession) => ({
  id: session.id,
  admin_id: session.adminId,
  admin_name: session.adminName,
  created_at: session.createdAt.toISOString(),
  last_seen_at: session.lastSeenAt.toISOString(),
  user_agent: session.userAgent,
  network: session.network,
});
