import { and, eq, isNull, sql } from "drizzle-orm";
import { recordAudit } from "../admin/audit-log.ts";
import type { Db } from "../client.ts";
import { apiKeys, type IMPORTED_TABLES, imports, partners } from "./tables.ts";
import { cursors } from "../mail/tables.ts";
import { userAccounts, users } from "../users/tables.ts";

/** A row in the database of an old SuperIMAP installation. */
export interface ImportedRow {
  source: string;
  table: (typeof IMPORTED_TABLES)[number];
  id: number;
}

/**
 * Returns which rows of a table were imported before: a map from their ids in the source to the ids
 * of our rows.
 */
export async function readImported(
  db: Db,
  { source, table }: Omit<ImportedRow, "id">,
): Promise<Map<number, string>> {
  const rows = await db
    .select({ sourceId: imports.sourceId, ourId: imports.ourId })
    .from(imports)
    .where(and(eq(imports.source, source), eq(imports.sourceTable, table)));
  return new Map(rows.map(({ sourceId, ourId }) => [sourceId, ourId]));
}

/** Records that a row was imported. Call it in the transaction that inserts our row. */
export async function recordImport(
  tx: Db,
  { source, table, id }: ImportedRow,
  ourId: string,
): Promise<void> {
  await tx.insert(imports).values({ source, sourceTable: table, sourceId: id, ourId });
}

/**
 * Writes an audit row, in the transaction of the import. An import must be audited, because the
 * URLs and the key of an imported partner are in use from then on.
 */
export const auditImport = (tx: Db, subject: "partner" | "connection" | "provider", id: string) =>
  recordAudit(tx, {
    actor: "shell",
    action: `${subject}.imported`,
    subjectType: subject,
    subjectId: id,
    details: {},
  });

/** Finds the partner that has or had the API key with this hash. */
export async function findKeyOwner(db: Db, keyHash: string): Promise<string | undefined> {
  const [key] = await db
    .select({ partnerId: apiKeys.partnerId })
    .from(apiKeys)
    .where(eq(apiKeys.keyHash, keyHash));
  return key?.partnerId;
}

/** Returns whether the partner exists and is not being removed. */
export async function isPartnerThere(db: Db, id: string): Promise<boolean> {
  const rows = await db
    .select({ id: partners.id })
    .from(partners)
    .where(and(eq(partners.id, id), isNull(partners.removedAt)));
  return rows.length > 0;
}

/** Reads the tags and email addresses of the connection's living users, in lower case. */
export async function readLivingNames(
  db: Db,
  connectionId: string,
): Promise<{ tags: Set<string>; emails: Set<string> }> {
  const rows = await db
    .select({ tag: sql<string>`lower(tag)`, email: sql<string | null>`lower(email)` })
    .from(users)
    .where(and(eq(users.connectionId, connectionId), isNull(users.archivedAt)));
  return {
    tags: new Set(rows.map(({ tag }) => tag)),
    emails: new Set(rows.flatMap(({ email }) => email ?? [])),
  };
}

/** A user with everything that the fleet needs before it reads the first mail. */
export interface ImportedUser {
  sourceId: number;
  user: typeof users.$inferInsert;
  account: Omit<typeof userAccounts.$inferInsert, "userId"> | null;
  cursor: Omit<typeof cursors.$inferInsert, "userId"> | null;
}

/**
 * Inserts users. Call it in the same transaction as `rememberMails()`: otherwise a running fleet
 * could deliver mail that the users already got.
 */
export async function insertImportedUsers(
  tx: Db,
  source: string,
  imported: readonly ImportedUser[],
): Promise<void> {
  if (imported.length === 0) return;
  await tx.insert(users).values(imported.map(({ user }) => user));
  const accounts = imported.flatMap(({ user, account }) =>
    account ? { ...account, userId: user.id } : [],
  );
  if (accounts.length > 0) await tx.insert(userAccounts).values(accounts);
  const positions = imported.flatMap(({ user, cursor }) =>
    cursor ? { ...cursor, userId: user.id } : [],
  );
  if (positions.length > 0) await tx.insert(cursors).values(positions);
  await tx.insert(imports).values(
    imported.map(({ sourceId, user }) => ({
      source,
      sourceTable: "users" as const,
      sourceId,
      ourId: user.id,
    })),
  );
}

/**
 * A mail that the user received in the imported installation. Our installation recognizes the mail
 * by its hashes, whatever UID the mail has.
 */
export interface RememberedMail {
  id: string;
  userId: string;
  messageIdHash: string | null;
  sha1: string | null;
  seenAt: Date;
}

/**
 * Stores mails in `seen`, so that they are not delivered again. Storing the same mails again
 * changes nothing. Mails of missing users are skipped.
 * @returns How many mails are new.
 */
export async function rememberMails(tx: Db, mails: readonly RememberedMail[]): Promise<number> {
  const rows = mails.map(({ id, userId, messageIdHash, sha1, seenAt }) => ({
    event_id: id,
    user_id: userId,
    message_id_hash: messageIdHash,
    sha1,
    seen_at: seenAt.toISOString(),
  }));
  const { rowCount } = await tx.execute(sql`
    insert into seen (event_id, user_id, message_id_hash, sha1, seen_at)
    select event_id, user_id, message_id_hash, mail.sha1, mail.seen_at
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as mail (
      event_id text, user_id text, message_id_hash text, sha1 text, seen_at timestamptz)
    join users on users.id = mail.user_id
    on conflict (event_id) do nothing`);
  return rowCount ?? 0;
}
