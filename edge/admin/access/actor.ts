import type { Context } from "hono";
import { type AuditEntry, recordAudit } from "../../../db/admin/audit-log.ts";
import type { Db } from "../../../db/client.ts";
import type { Query } from "../../../db/query.ts";
import type { AppEnv } from "../../app-env.ts";

/** Returns the `actor` of audit-log entries for this admin. */
export const toActor = (adminId: string) => `admin:${adminId}`;

/**
 * Returns the `actor` of audit-log entries for the admin who sent the request. If the request has an
 * API token, the actor names the token, too: `admin:<id>/<id of the token>`.
 */
export function currentActor(c: Context<AppEnv>): string {
  const { adminId, by } = c.var.signedIn;
  return by.kind === "session" ? toActor(adminId) : `${toActor(adminId)}/${by.tokenId}`;
}

/** Writes an audit-log entry about a session. `tx` is the transaction that changes the session. */
export const auditSession = (
  tx: Db,
  { id, ...told }: { id: string; actor: string; action: string },
) => recordAudit(tx, { ...told, subjectType: "admin_session", subjectId: id, details: {} });

type Audited = Omit<AuditEntry, "actor" | "subjectType" | "subjectId" | "details"> &
  Partial<Pick<AuditEntry, "details">>;

/**
 * Returns a function that records in the audit log what the signed-in admin did to a subject of
 * this type. The function writes in the transaction `tx`.
 */
export const createAudit =
  (subjectType: AuditEntry["subjectType"]) =>
  (c: Context<AppEnv>, tx: Db, { id, ...entry }: { id: string } & Audited): Query<void> =>
    recordAudit(tx, {
      details: {},
      ...entry,
      actor: currentActor(c),
      subjectType,
      subjectId: id,
    });
