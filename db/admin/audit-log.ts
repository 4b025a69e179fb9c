import { and, asc, desc, eq, gt, gte, lt, type SQL, sql } from "drizzle-orm";
import { firstIdAt, newId } from "../../shared/ids.ts";
import type { Db } from "../client.ts";
import { compiled } from "../compiled.ts";
import { noRows, type Query } from "../query.ts";
import { adminUsers, auditLog } from "./tables.ts";

type Fields = Readonly<Record<string, string | number | boolean | null>>;

/**
 * An action with its actor and subject. The details contain ids, numbers and settings, never
 * secrets or personal data.
 */
export interface AuditEntry {
  /**
   * `partner:<id>`, `admin:<id>`, `admin:<id>/<id of an API token>`, `shell` (a command on the machine), or a part of the system, such
   * as `webhook` or `fleet`.
   */
  actor: string;
  /** A noun and a verb in the past tense, such as `user.archived`. */
  action: string;
  subjectType:
    | "user"
    | "partner"
    | "connection"
    | "provider"
    | "api_key"
    | "admin"
    | "admin_session"
    | "admin_api_token"
    | "admin_passkey"
    | "problem";
  subjectId: string;
  details: Fields;
  /**
   * The fields that an admin changed: their old values (`before`) and their new values (`after`).
   * Neither may contain secrets.
   */
  before?: Fields;
  after?: Fields;
}

/** Writes an audit row, in the transaction of the action. */
export const recordAudit = (tx: Db, entry: AuditEntry): Query<void> =>
  insertAudit(tx, { id: newId("aud"), ...entry });

const insertAudit = compiled<[row: typeof auditLog.$inferInsert], void>((tx, row) =>
  noRows(tx.insert(auditLog).values(row)),
);

export interface AuditQuery {
  actor?: string | undefined;
  action?: string | undefined;
  subjectType?: string | undefined;
  subjectId?: string | undefined;
  since?: Date | undefined;
  until?: Date | undefined;
}

export interface AuditPage {
  /** Whether the oldest entry comes first. Ids are made in the order of time. */
  isOldestFirst: boolean;
  /** Only entries after the entry with this id are listed. */
  after: string | undefined;
  limit: number;
}

const entryColumns = {
  id: auditLog.id,
  at: auditLog.at,
  actor: auditLog.actor,
  /** Null when the actor is not an admin, or the admin was deleted. */
  actorName: adminUsers.name,
  action: auditLog.action,
  subjectType: auditLog.subjectType,
  subjectId: auditLog.subjectId,
  details: auditLog.details,
  before: auditLog.before,
  after: auditLog.after,
};

/** Lists audit rows by time. */
export function listAudit(db: Db, query: AuditQuery, { isOldestFirst, after, limit }: AuditPage) {
  const isBehind = isOldestFirst ? gt : lt;
  return db
    .select(entryColumns)
    .from(auditLog)
    .leftJoin(adminUsers, sql`split_part(${auditLog.actor}, '/', 1) = 'admin:' || ${adminUsers.id}`)
    .where(
      and(
        toCondition(query),
        given(after, (value) => isBehind(auditLog.id, value)),
      ),
    )
    .orderBy(isOldestFirst ? asc(auditLog.id) : desc(auditLog.id))
    .limit(limit);
}

export type ListedAudit = Awaited<ReturnType<typeof listAudit>>[number];

/** Selects the audit rows that match, for `countUpTo()`. */
export const selectMatchingAudit = (db: Db, query: AuditQuery) =>
  db.select({ id: auditLog.id }).from(auditLog).where(toCondition(query));

function toCondition({ actor, action, subjectType, subjectId, since, until }: AuditQuery) {
  return and(
    given(actor, isBy),
    given(action, (value) => eq(auditLog.action, value)),
    given(subjectType, (value) => eq(auditLog.subjectType, value)),
    given(subjectId, (value) => eq(auditLog.subjectId, value)),
    given(since, (value) => gte(auditLog.id, firstIdAt("aud", value.getTime()))),
    given(until, (value) => lt(auditLog.id, firstIdAt("aud", value.getTime()))),
  );
}

/** Also finds what an admin's API tokens did: their actor is `admin:<id>/<id of the token>`. */
const isBy = (actor: string): SQL =>
  /^admin:[^/]+$/.test(actor)
    ? sql`split_part(${auditLog.actor}, '/', 1) = ${actor}`
    : eq(auditLog.actor, actor);

const given = <T>(value: T | undefined, condition: (value: T) => SQL) =>
  value === undefined ? undefined : condition(value);
