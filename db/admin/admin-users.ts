import { and, asc, count, eq, gt, sql } from "drizzle-orm";
import type { AdminRole } from "../../shared/admin-roles.ts";
import { newId } from "../../shared/ids.ts";
import { recordAudit } from "./audit-log.ts";
import type { Db, WholeDb } from "../client.ts";
import { requireRow } from "../conditions.ts";
import { firstRow, noRows, type Query, query } from "../query.ts";
import type { PageRange } from "../partners/connections.ts";
import { hashPassword, NOBODYS_HASH } from "./password-hash.ts";
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
  /** A subquery, in which Drizzle would leave out the name of the table. */
  passkeys: sql<number>`(select count(*)::int from admin_passkeys p where p.admin_id = admin_users.id)`,
  lockedUntil: adminUsers.lockedUntil,
  isLocked: sql<boolean>`coalesce(${adminUsers.lockedUntil} > now(), false)`,
  lastSignInAt: adminUsers.lastSignInAt,
  createdAt: adminUsers.createdAt,
  oidcIssuer: adminUsers.oidcIssuer,
  oidcSubject: adminUsers.oidcSubject,
  /** The version of the row. Each update of the row changes it. */
  version: sql<string>`${adminUsers}.xmin::text`,
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

export const findAdmin = (db: Db, id: string): Query<Admin | undefined> =>
  firstRow(db.select(columns).from(adminUsers).where(eq(adminUsers.id, id)));

export const findAdminByEmail = (db: Db, email: string): Query<Admin | undefined> =>
  firstRow(db.select(columns).from(adminUsers).where(hasEmail(email)));

/** An account at an OpenID Connect provider. A provider never gives a subject to another account. */
export interface OidcAccount {
  issuer: string;
  subject: string;
}

const isOidcAccount = ({ issuer, subject }: OidcAccount) =>
  and(eq(adminUsers.oidcIssuer, issuer), eq(adminUsers.oidcSubject, subject));

export const findAdminByOidc = (db: Db, account: OidcAccount): Query<Admin | undefined> =>
  firstRow(db.select(columns).from(adminUsers).where(isOidcAccount(account)));

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
export async function createAdmin(db: WholeDb, actor: string, admin: NewAdmin): Promise<string> {
  const { email, name, role, password, passwordKind } = admin;
  const id = newId("adm");
  const passwordHash = await hashPassword(password);
  await db.batch((tx) =>
    insertAdmin(tx, actor, { id, email, name, role, passwordHash, passwordKind }),
  );
  return id;
}

/** Inserts an admin who has no password: the admin can only sign in with single sign-on. */
export const insertSsoAdmin = (
  tx: Db,
  actor: string,
  admin: Pick<NewAdmin, "email" | "name" | "role"> & { id: string },
): readonly Query<void>[] =>
  insertAdmin(tx, actor, { ...admin, passwordHash: NOBODYS_HASH, passwordKind: "none" });

const insertAdmin = (
  tx: Db,
  actor: string,
  admin: Omit<NewAdmin, "password"> & { id: string; passwordHash: string },
): readonly Query<void>[] => {
  const { id, email, name, role } = admin;
  return [
    noRows(tx.insert(adminUsers).values(admin)),
    auditAdmin(tx, { actor, action: "admin.created", id, after: { email, name, role } }),
  ];
};

/** Links an admin to an account, or removes the link. */
export const setOidcAccount = (tx: Db, id: string, account: OidcAccount | null): Query<void> =>
  noRows(
    tx
      .update(adminUsers)
      .set({ oidcIssuer: account?.issuer ?? null, oidcSubject: account?.subject ?? null })
      .where(eq(adminUsers.id, id)),
  );

/** Removes a one-time password that the admin has not replaced. */
export const dropOneTimePassword = (tx: Db, id: string): Query<void> =>
  noRows(
    tx
      .update(adminUsers)
      .set({ passwordHash: NOBODYS_HASH, passwordKind: "none" })
      .where(and(eq(adminUsers.id, id), eq(adminUsers.passwordKind, "one_time"))),
  );

/** Records that a command on the machine has set the password. */
export const markShellPassword = (tx: Db, id: string): Query<void> =>
  noRows(
    tx
      .update(adminUsers)
      .set({ shellPasswordAt: sql`now()` })
      .where(eq(adminUsers.id, id)),
  );

/** Locks the row of an admin until the transaction ends. */
export const lockAdmin = (tx: Db, id: string): Query<void> =>
  noRows(
    tx.select({ id: adminUsers.id }).from(adminUsers).where(eq(adminUsers.id, id)).for("update"),
  );

/** Locks the row of an admin, and requires, as `requireRow()`, that it still has this version. */
export const requireAdmin = (tx: Db, { id, version }: Admin): Query<void> =>
  requireRow(
    tx,
    sql`select 1 from admin_users where id = ${id} and xmin::text = ${version} for update`,
  );

export const updateAdmin = (
  tx: Db,
  id: string,
  change: { email: string; name: string },
): Query<void> => noRows(tx.update(adminUsers).set(change).where(eq(adminUsers.id, id)));

export const setPassword = (
  tx: Db,
  id: string,
  { hash, kind }: { hash: string; kind: PasswordKind },
): Query<void> =>
  noRows(
    tx
      .update(adminUsers)
      .set({ passwordHash: hash, passwordKind: kind, passwordChangedAt: sql`now()` })
      .where(eq(adminUsers.id, id)),
  );

export const setRole = (tx: Db, id: string, role: AdminRole): Query<void> =>
  noRows(tx.update(adminUsers).set({ role }).where(eq(adminUsers.id, id)));

/**
 * Locks the rows of all admins until the transaction ends, so that no other transaction deletes one
 * or changes a role. The answer is their roles by id.
 */
export const lockAllAdmins = (tx: Db): Query<Map<string, AdminRole>> =>
  query(
    tx
      .select({ id: adminUsers.id, role: adminUsers.role })
      .from(adminUsers)
      .orderBy(asc(adminUsers.id))
      .for("update"),
    (rows) => new Map(rows.map(({ id, role }) => [id, role])),
  );

/** Deletes an admin and their sessions. */
export const deleteAdmin = (tx: Db, id: string): Query<void> =>
  noRows(tx.delete(adminUsers).where(eq(adminUsers.id, id)));

type Told = Parameters<typeof recordAudit>[1];

/** Writes an audit row about an admin, in the transaction of the change. */
export const auditAdmin = (
  tx: Db,
  { id, ...told }: { id: string } & Pick<Told, "actor" | "action" | "before" | "after">,
) => recordAudit(tx, { ...told, subjectType: "admin", subjectId: id, details: {} });
