import { and, count, desc, eq, lt, sql } from "drizzle-orm";
import type { AdminRole } from "../../shared/admin-roles.ts";
import type { Db } from "../client.ts";
import { noRows, type Query } from "../query.ts";
import type { PasswordKind } from "./admin-users.ts";
import { adminApiTokens, adminUsers } from "./tables.ts";

/** How long the list still shows a token after it expired. */
const KEPT = sql`interval '30 days'`;
/** last_used_at is updated only when it is at least this old, to save writes. */
const STALE_AFTER = sql`interval '1 minute'`;

const isLiving = sql`${adminApiTokens.expiresAt} > now()`;

export interface FoundToken {
  tokenId: string;
  tokenRole: AdminRole;
  adminId: string;
  adminRole: AdminRole;
  passwordKind: PasswordKind;
}

/**
 * Finds the token with this hash, unless it has expired. The same statement updates last_used_at if
 * it is more than a minute old.
 */
export async function findApiToken(db: Db, tokenHash: string): Promise<FoundToken | undefined> {
  const { id, role, adminId, lastUsedAt } = adminApiTokens;
  const isFound = and(eq(adminApiTokens.tokenHash, tokenHash), isLiving);
  const { rows } = await db.execute<{ [K in keyof FoundToken]: FoundToken[K] }>(sql`
    with used as (
      update ${adminApiTokens} set last_used_at = now()
      where ${isFound} and (${lastUsedAt} is null or ${lastUsedAt} < now() - ${STALE_AFTER})
    )
    select ${id} as "tokenId", ${role} as "tokenRole", ${adminUsers.id} as "adminId",
      ${adminUsers.role} as "adminRole", ${adminUsers.passwordKind} as "passwordKind"
    from ${adminApiTokens} join ${adminUsers} on ${adminUsers.id} = ${adminId}
    where ${isFound}`);
  return rows[0];
}

export type NewApiToken = Pick<
  typeof adminApiTokens.$inferInsert,
  "id" | "adminId" | "name" | "role" | "tokenHash" | "expiresAt"
>;

/** Inserts a token, and deletes all tokens that expired more than 30 days ago. */
export async function insertApiToken(tx: Db, token: NewApiToken): Promise<void> {
  await tx.delete(adminApiTokens).where(lt(adminApiTokens.expiresAt, sql`now() - ${KEPT}`));
  await tx.insert(adminApiTokens).values(token);
}

export async function countApiTokens(db: Db, adminId: string): Promise<number> {
  const [counted] = await db
    .select({ all: count() })
    .from(adminApiTokens)
    .where(and(eq(adminApiTokens.adminId, adminId), isLiving));
  return counted?.all ?? 0;
}

/**
 * Lists tokens, newest first: of one admin, or of all without `adminId`. `before` is the last id of
 * the previous page.
 */
export function listApiTokens(
  db: Db,
  page: { adminId: string | undefined; before: string | undefined; limit: number },
) {
  const isOf = page.adminId === undefined ? undefined : eq(adminApiTokens.adminId, page.adminId);
  const before = page.before === undefined ? undefined : lt(adminApiTokens.id, page.before);
  return db
    .select({
      id: adminApiTokens.id,
      adminId: adminUsers.id,
      adminName: adminUsers.name,
      name: adminApiTokens.name,
      role: adminApiTokens.role,
      createdAt: adminApiTokens.createdAt,
      expiresAt: adminApiTokens.expiresAt,
      lastUsedAt: adminApiTokens.lastUsedAt,
    })
    .from(adminApiTokens)
    .innerJoin(adminUsers, eq(adminUsers.id, adminApiTokens.adminId))
    .where(and(isOf, before))
    .orderBy(desc(adminApiTokens.id))
    .limit(page.limit);
}

export type ListedApiToken = Awaited<ReturnType<typeof listApiTokens>>[number];

/**
 * Deletes a token: of this admin, or of any admin without `adminId`.
 * @returns The token's name; undefined when there is no such token.
 */
export async function deleteApiToken(
  tx: Db,
  id: string,
  adminId?: string,
): Promise<string | undefined> {
  const isOf = adminId === undefined ? undefined : eq(adminApiTokens.adminId, adminId);
  const [deleted] = await tx
    .delete(adminApiTokens)
    .where(and(eq(adminApiTokens.id, id), isOf))
    .returning({ name: adminApiTokens.name });
  return deleted?.name;
}

/** Deletes all tokens of an admin. */
export const deleteApiTokens = (tx: Db, adminId: string): Query<void> =>
  noRows(tx.delete(adminApiTokens).where(eq(adminApiTokens.adminId, adminId)));
