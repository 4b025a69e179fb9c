import type { Context } from "hono";
import { insertSession, type NewSession } from "../../../db/admin/admin-sessions.ts";
import type { Db } from "../../../db/client.ts";
import type { Query } from "../../../db/query.ts";
import { newId } from "../../../shared/ids.ts";
import type { AppEnv } from "../../app-env.ts";
import { auditSession, toActor } from "../access/actor.ts";
import { toNetwork } from "../access/network.ts";
import { giveToken } from "../access/session-cookie.ts";

const MAX_USER_AGENT = 300;

/** Creates a session and sets its cookie. The session is valid once it is inserted. */
export async function prepareSession(c: Context<AppEnv>, adminId: string): Promise<NewSession> {
  return {
    id: newId("ses"),
    adminId,
    tokenHash: await giveToken(c),
    userAgent: c.req.header("user-agent")?.slice(0, MAX_USER_AGENT),
    network: senderNetwork(c),
  };
}

/** Inserts the session of an admin who has just signed in, and records it in the audit log. */
export const insertOwnSession = (tx: Db, session: NewSession): readonly Query<void>[] => [
  ...insertSession(tx, session),
  auditSession(tx, {
    id: session.id,
    actor: toActor(session.adminId),
    action: "admin_session.started",
  }),
];

export const senderNetwork = (c: Context<AppEnv>) => toNetwork(c.env.clientAddress);
