import { createFactory } from "hono/factory";
import * as v from "valibot";
import {
  type ListedSession,
  listSessions,
  requireUnrevoked,
  revokeSession,
} from "../../../db/admin/admin-sessions.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { validQuery } from "../../middleware/valid.ts";
import { auditSession, currentActor } from "../access/actor.ts";
import { cutPage, oneMore, pageFields } from "../page.ts";
import { refusingMissing } from "../refusing-missing.ts";
import { isRowId } from "../row-id.ts";

const all = createFactory<AppEnv, "/sessions">();
const one = createFactory<AppEnv, "/sessions/:id">();

/** Lists the sessions of all admins. */
export const getSessions = all.createHandlers(
  validQuery(v.object(pageFields("ses"))),
  async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const found = await listSessions(c.var.db, { before: cursor, limit: oneMore(limit) });
    const { rows, next_cursor } = cutPage(found, limit);
    const { sessionId } = c.var.signedIn;
    const sessions = rows.map((row) => ({ ...showSession(row), current: row.id === sessionId }));
    return c.json({ sessions, next_cursor }, 200);
  },
);

/** Ends a session of any admin immediately. */
export const removeAnySession = one.createHandlers(async (c) => {
  const id = c.req.param("id");
  if (!isRowId("ses", id)) throw sessionNotFound();
  const actor = currentActor(c);
  const revoke = c.var.db.batch((tx) => [
    requireUnrevoked(tx, id),
    revokeSession(tx, id),
    auditSession(tx, { id, actor, action: "admin_session.revoked" }),
  ]);
  await refusingMissing(revoke, sessionNotFound);
  return c.body(null, 204);
});

const sessionNotFound = () => new AppError("not-found", "Cannot find a session to end");

const showSession = (session: ListedSession) => ({
  id: session.id,
  admin_id: session.adminId,
  admin_name: session.adminName,
  created_at: session.createdAt.toISOString(),
  last_seen_at: session.lastSeenAt.toISOString(),
  user_agent: session.userAgent,
  network: session.network,
});
