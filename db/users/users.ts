import { and, asc, desc, eq, getTableColumns, gt, isNotNull, isNull, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import type { PageRange } from "../partners/connections.ts";
import { users } from "./tables.ts";
import { LAG_SECONDS, LAST_EMAIL_AT, LAST_HEARD_AT } from "./user-freshness.ts";

export type User = typeof users.$inferSelect & {
  /** See LAG_SECONDS. */
  lagSeconds: number | null;
};
export type NewUser = Pick<
  typeof users.$inferInsert,
  | "id"
  | "connectionId"
  | "tag"
  | "email"
  | "loginUsername"
  | "sealedLoginPassword"
  | "sealedRefreshToken"
  | "refreshedAt"
  | "imapHost"
  | "imapPort"
  | "imapSecurity"
  | "connectedAt"
  | "credentialsAt"
>;
/** The fields of a user that partners and admins may change. */
export type UserChange = Partial<
  Pick<
    User,
    | "tag"
    | "email"
    | "loginUsername"
    | "tokenUsername"
    | "tokenUsernames"
    | "sealedLoginPassword"
    | "sealedRefreshToken"
    | "sealedPreviousRefreshToken"
    | "refreshedAt"
    | "imapHost"
    | "imapPort"
    | "imapSecurity"
    | "credentialsAt"
    | "incidentAt"
    | "state"
    | "stateReason"
    | "stateChangedAt"
    | "connectedAt"
    | "archivedAt"
    | "restoredAt"
    | "pausedAt"
    | "enableTracer"
    | "deliverTracers"
  >
>;

const listedColumns = {
  id: users.id,
  tag: users.tag,
  email: users.email,
  state: users.state,
  connectedAt: users.connectedAt,
  archivedAt: users.archivedAt,
};
export type ListedUser = Pick<User, keyof typeof listedColumns>;

/** Selects users that match all of these fields. */
export interface UserFilter {
  /** Upper and lower case do not matter, since tags and addresses are unique regardless of case. */
  tag?: string | undefined;
  email?: string | undefined;
  state?: User["state"] | undefined;
  archived?: boolean | undefined;
}

const inAnyCase = (column: typeof users.tag | typeof users.email, text: string) =>
  eq(sql`lower(${column})`, sql`lower(${text})`);

const toConditions = ({ tag, email, state, archived }: UserFilter) => [
  tag === undefined ? undefined : inAnyCase(users.tag, tag),
  email === undefined ? undefined : inAnyCase(users.email, email),
  state === undefined ? undefined : eq(users.state, state),
  archived === undefined
    ? undefined
    : archived
      ? isNotNull(users.archivedAt)
      : isNull(users.archivedAt),
];

export function listUsers(
  db: Db,
  connectionId: string,
  page: PageRange,
  filter: UserFilter,
): Promise<ListedUser[]> {
  const after = page.after === undefined ? undefined : gt(users.id, page.after);
  return db
    .select(listedColumns)
    .from(users)
    .where(and(eq(users.connectionId, connectionId), after, ...toConditions(filter)))
    .orderBy(asc(users.id))
    .limit(page.limit);
}

const columns = {
  ...getTableColumns(users),
  lastHeardAt: LAST_HEARD_AT,
  lastEmailAt: LAST_EMAIL_AT,
  lagSeconds: LAG_SECONDS,
};

/**
 * Selects the living user with this tag, otherwise the newest archived user with this tag. Upper
 * and lower case do not matter.
 */
const byTag = (db: Db, connectionId: string, tag: string) =>
  db
    .select(columns)
    .from(users)
    .where(and(eq(users.connectionId, connectionId), inAnyCase(users.tag, tag)))
    .orderBy(desc(isNull(users.archivedAt)), desc(users.archivedAt), desc(users.id))
    .limit(1);

export async function findUser(
  db: Db,
  connectionId: string,
  tag: string,
): Promise<User | undefined> {
  const [user] = await byTag(db, connectionId, tag);
  return user;
}

/** Finds a user by tag and locks it until the transaction ends. */
export async function lockUser(
  tx: Db,
  connectionId: string,
  tag: string,
): Promise<User | undefined> {
  const [user] = await byTag(tx, connectionId, tag).for("update");
  return user;
}

export async function findUserById(db: Db, id: string): Promise<User | undefined> {
  const [user] = await db.select(columns).from(users).where(eq(users.id, id));
  return user;
}

/** Finds a user by id and locks it until the transaction ends. */
export async function lockUserById(tx: Db, id: string): Promise<User | undefined> {
  const [user] = await tx.select(columns).from(users).where(eq(users.id, id)).for("update");
  return user;
}

export async function insertUser(tx: Db, user: NewUser): Promise<User> {
  const [inserted] = await tx.insert(users).values(user).returning(columns);
  if (!inserted) throw new Error(`Cannot insert user ${user.id}: no row came back`);
  return inserted;
}

export async function updateUser(tx: Db, id: string, change: UserChange): Promise<User> {
  const [updated] = await tx.update(users).set(change).where(eq(users.id, id)).returning(columns);
  if (!updated) throw new Error(`Cannot update user ${id}: no row came back`);
  return updated;
}
