import { and, desc, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import { firstIdAt, newId } from "../../shared/ids.ts";
import type { Db } from "../client.ts";
import { adminUsers, auditLog } from "./tables.ts";

type Fields = Readonly<Record<string, string | number | boolean | null>>;

/** Who did what to what. Details name ids, numbers and settings, never secrets or personal data. */
export interface AuditEntry {
  /** `partner:<id>`, `admin:<id>`, `shell` (a command on the machine), or the part that acted by itself: `webhook`. */
  actor: string;
  /** Noun.verb in the past, as in the log: `user.archived`. */
  action: string;
  subjectType:
    | "user"
    | "partner"
    | "connection"
    | "provider"
    | "api_key"
    | "admin"
    | "admin_session";
  subjectId: string;
  details: Fields;
  /** The fields that an admin changed, and what they are now; never a secret. */
  before?: Fields;
  after?: Fields;
}

/** Commits with what it tells of. */
export async function recordAudit(tx: Db, entry: AuditEntry): Promise<void> {
  await tx.insert(auditLog).values({ id: newId("aud"), ...entry });
}

export interface AuditQuery {
  actor?: string | undefined;
  action?: string | undefined;
  subjectType?: string | undefined;
  subjectId?: string | undefined;
  since?: Date | undefined;
  until?: Date | undefined;
  /** Entries older than the one with this id. */
  before: string | undefined;
  limit: number;
}

const entryColumns = {
  id: auditLog.id,
  at: auditLog.at,
  actor: auditLog.actor,
  /** Of an admin that is still there. */
  actorName: adminUsers.name,
  action: auditLog.action,
  subjectType: auditLog.subjectType,
  subjectId: auditLog.subjectId,
  details: auditLog.details,
  before: auditLog.before,
  after: auditLog.after,
};

/** Newest first. */
export function listAudit(db: Db, query: AuditQuery) {
  const { actor, action, subjectType, subjectId, since, until, before, limit } = query;
  const isAsked = and(
    given(actor, (value) => eq(auditLog.actor, value)),
    given(action, (value) => eq(auditLog.action, value)),
    given(subjectType, (value) => eq(auditLog.subjectType, value)),
    given(subjectId, (value) => eq(auditLog.subjectId, value)),
    given(since, (value) => gte(auditLog.id, firstIdAt("aud", value.getTime()))),
    given(until, (value) => lt(auditLog.id, firstIdAt("aud", value.getTime()))),
    given(before, (value) => lt(auditLog.id, value)),
  );
  return db
    .select(entryColumns)
    .from(auditLog)
    .leftJoin(adminUsers, sql`${auditLog.actor} = 'admin:' || ${adminUsers.id}`)
    .where(isAsked)
    .orderBy(desc(auditLog.id))
    .limit(limit);
}

export type ListedAudit = Awaited<ReturnType<typeof listAudit>>[number];

const given = <T>(value: T | undefined, condition: (value: T) => SQL) =>
  value === undefined ? undefined : condition(value);
