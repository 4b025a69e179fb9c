import type { Context } from "hono";
import { recordAudit } from "../../../db/admin/audit-log.ts";
import type { Db } from "../../../db/client.ts";
import type { AppEnv } from "../../app-env.ts";

/** How the audit log names an admin. */
export const actorOf = (adminId: string) => `admin:${adminId}`;

/** How it names who asks. */
export const currentActor = (c: Context<AppEnv>) => actorOf(c.var.signedIn.adminId);

/** Commits with what was done to the session. */
export const auditSession = (
  tx: Db,
  { id, ...told }: { id: string; actor: string; action: string },
) => recordAudit(tx, { ...told, subjectType: "admin_session", subjectId: id, details: {} });
