import type { Context } from "hono";
import { type AuditEntry, recordAudit } from "../../../db/admin/audit-log.ts";
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

type Audited = Omit<AuditEntry, "actor" | "subjectType" | "subjectId" | "details"> &
  Partial<Pick<AuditEntry, "details">>;

/**
 * Returns what writes to the audit log that the signed-in admin did something to one of these. The entry commits with
 * the transaction.
 */
export const auditOf =
  (subjectType: AuditEntry["subjectType"]) =>
  (c: Context<AppEnv>, tx: Db, { id, ...entry }: { id: string } & Audited): Promise<void> =>
    recordAudit(tx, {
      details: {},
      ...entry,
      actor: currentActor(c),
      subjectType,
      subjectId: id,
    });
