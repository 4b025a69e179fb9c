import { asc, count, eq, gt, sql } from "drizzle-orm";
import type { AdminRole } from "../../shared/admin-roles.ts";
import { newId } from "../../shared/ids.ts";
import { recordAudit } from "./audit-log.ts";
import type { Db } from "../client.ts";
import type { PageRange } from "../partners/connections.ts";
import { hashPassword } from "./password-hash.ts";
import { adminUsers, type PASSWORD_KINDS } from "./tables.ts";

export type PasswordKind = (typeof PASSWORD_KINDS)[number];

const columns = {
  id: adminUsers.id,
  email: adminUsers.email,
  name: adminUsers.name,
  role: adminUsers.role,
  passwordKind: adminUsers.passwordKind,
  passwordChangedAt: adminUsers.passwordChangedAt,
  hasTotp: sql<boolean>`${adminUsers.totpConfirmedAt} is not null`,
  recoveryCodesLeft: sql<number>`cardinality(${adminUsers.recoveryCodeHashes})`,
  lockedUntil: adminUsers.lockedUntil,
  isLocked: sql<boolean>`coalesce(${adminUsers.lockedUntil} > now(), false)`,
  lastSignInAt: adminUsers.lastSignInAt,
  createdAt: adminUsers.createdAt,
};

export function listAdmins(db: Db, page: PageRange) {
  const after = page.after === undefined ? undefined : gt(adminUsers.id, page.after);
  return db
    .select(columns)
    .from(adminUsers)
    .where(after)
    .orderBy(asc(adminUsers.id))
    .limit(page.limit);
}

export type Admin = Awaited<ReturnType<typeof listAdmins>>[number];

export async function findAdmin(db: Db, id: string): Promise<Admin | undefined> {
  const [admin] = await db.select(columns).from(adminUsers).where(eq(adminUsers.id, id));
  return admin;
}

export async function findAdminByEmail(db: Db, email: string): Promise<Admin | undefined> {
  const [admin] = await db.select(columns).from(adminUsers).where(hasEmail(email));
  return admin;
}

export const hasEmail = (email: string) => sql`lower(${adminUsers.email}) = lower(${email})`;

/** Counts all admins, and the admins that still have the default password. */
export async function countAdmins(db: Db): Promise<{ all: number; withDefaultPassword: number }> {
  const [counted] = await db
    .select({
      all: count(),
      withDefaultPassword: sql<number>`count(*) filter (where ${adminUsers.passwordKind} = 'default')::int`,
    })
    .from(adminUsers);
  return counted ?? { all: 0, withDefaultPassword: 0 };
}

export interface NewAdmin {
  email: string;
  name: string;
  role: AdminRole;
  password: string;
  passwordKind: PasswordKind;
}

/**
 * Creates an admin. Rejects when another admin has the email address.
 * @returns The new admin's id.
 */
export async function createAdmin(db: Db, actor: string, admin: NewAdmin): Promise<string> {
  const { email, name, role, password, passwordKind } = admin;
  const id = newId("adm");
  const passwordHash = await hashPassword(password);
  await db.transaction(async (tx) => {
    await tx.insert(adminUsers).values({ id, email, name, role, passwordHash, passwordKind });
    await auditAdmin(tx, { actor, action: "admin.created", id, after: { email, name, role } });
  });
  return id;
}

/**
 * Locks the row of an admin until the transaction ends.
 * @returns undefined when the admin does not exist.
 */
export async function lockAdmin(tx: Db, id: string): Promise<Admin | undefined> {
  const [admin] = await tx
    .select(columns)
    .from(adminUsers)
    .where(eq(adminUsers.id, id))
    .for("update");
  return admin;
}

export async function updateAdmin(
  tx: Db,
  id: string,
  change: { email: string; name: string },
): Promise<void> {
  await tx.update(adminUsers).set(change).where(eq(adminUsers.id, id));
}

export async function setPassword(
  tx: Db,
  id: string,
  { hash, kind }: { hash: string; kind: PasswordKind },
): Promise<void> {
  await tx
    .update(adminUsers)
    .set({ passwordHash: hash, passwordKind: kind, passwordChangedAt: sql`now()` })
    .where(eq(adminUsers.id, id));
}

export async function setRole(tx: Db, id: string, role: AdminRole): Promise<void> {
  await tx.update(adminUsers).set({ role }).where(eq(adminUsers.id, id));
}

/**
 * Locks the rows of all admins until the transaction ends, so that no other transaction deletes one
 * or changes a role. Returns their roles by id.
 */
export async function lockAllAdmins(tx: Db): Promise<Map<string, AdminRole>> {
  const rows = await tx
    .select({ id: adminUsers.id, role: adminUsers.role })
    .from(adminUsers)
    .orderBy(asc(adminUsers.id))
    .for("update");
  return new Map(rows.map(({ id, role }) => [id, role]));
}

/** Deletes an admin and their sessions. */
export async function deleteAdmin(tx: Db, id: string): Promise<void> {
  await tx.delete(adminUsers).where(eq(adminUsers.id, id));
}

type Told = Parameters<typeof recordAudit>[1];

/** Writes an audit row about an admin, in the transaction of the change. */
export const auditAdmin = (
  tx: Db,
  { id, ...told }: { id: string } & Pick<Told, "actor" | "action" | "before" | "after">,
) => recordAudit(tx, { ...told, subjectType: "admin", subjectId: id, details: {} });
