import {
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  gt,
  isNotNull,
  isNull,
  type SQL,
  sql,
} from "drizzle-orm";
import type { Db } from "../client.ts";
import { compiled } from "../compiled.ts";
import { requireRow } from "../conditions.ts";
import { lookup, type Slot } from "../lookup.ts";
import { allRows, firstRow, noRows, type Query, type Ref } from "../query.ts";
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
  | "createdAt"
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

const inAnyCase = (column: typeof users.tag | typeof users.email, text: Slot<string>) =>
  eq(sql`lower(${column})`, sql`lower(${text})`);

const toConditions = ({ tag, email, state, archived }: Slot<UserFilter>) => [
  tag === undefined ? undefined : inAnyCase(users.tag, tag),
  email === undefined ? undefined : inAnyCase(users.email, email),
  state === undefined ? undefined : eq(users.state, state),
  archived === undefined
    ? undefined
    : archived
      ? isNotNull(users.archivedAt)
      : isNull(users.archivedAt),
];

export const listUsers = compiled<
  [connection: Ref, page: PageRange, filter: UserFilter],
  ListedUser[]
>((db, connection, page, filter) => {
  const after = page.after === undefined ? undefined : gt(users.id, page.after);
  return allRows(
    db
      .select(listedColumns)
      .from(users)
      .where(and(eq(users.connectionId, connection), after, ...toConditions(filter)))
      .orderBy(asc(users.id))
      .limit(page.limit),
  );
});

const columns = {
  ...getTableColumns(users),
  lastHeardAt: LAST_HEARD_AT,
  lastEmailAt: LAST_EMAIL_AT,
  lagSeconds: LAG_SECONDS,
};

const LIVING_FIRST = [desc(isNull(users.archivedAt)), desc(users.archivedAt), desc(users.id)];

const hasTag = (connection: Slot<Ref>, tag: Slot<string>) =>
  and(eq(users.connectionId, connection), inAnyCase(users.tag, tag));

/**
 * Selects the living user with this tag, otherwise the newest archived user with this tag. Upper
 * and lower case do not matter.
 */
const byTag = (db: Db, connection: Slot<Ref>, tag: Slot<string>) =>
  db
    .select(columns)
    .from(users)
    .where(hasTag(connection, tag))
    .orderBy(...LIVING_FIRST)
    .limit(1);

const versionedColumns = { ...columns, version: sql<string>`xmin::text` };

/** A user, and the version of its row. */
export interface VersionedUser extends User {
  version: string;
}

/** Finds a user by tag, for a write that later requires the same version of the row. */
export const findVersionedUser = compiled<
  [connection: Ref, tag: string],
  VersionedUser | undefined
>((db, connection, tag) =>
  firstRow(
    db
      .select(versionedColumns)
      .from(users)
      .where(hasTag(connection, tag))
      .orderBy(...LIVING_FIRST)
      .limit(1),
  ),
);

/** Finds a user by id, for a write that later requires the same version of the row. */
export const findVersionedUserById = (db: Db, id: string): Query<VersionedUser | undefined> =>
  firstRow(db.select(versionedColumns).from(users).where(eq(users.id, id)));

/** Locks the row of a user, and requires, as `requireRow()`, that it still has this version. */
export const requireUser = (db: Db, { id, version }: VersionedUser): Query<void> =>
  requireVersion(db, id, version);

const requireVersion = compiled<[id: string, version: string], void>((db, id, version) =>
  requireRow(
    db,
    sql`select 1 from ${users} where ${users.id} = ${id} and xmin::text = ${version} for update`,
  ),
);

export const findUser = compiled<[connection: Ref, tag: string], User | undefined>(
  (db, connection, tag) => firstRow(byTag(db, connection, tag)),
);

/** SQL: the id of the user that `findUser()` finds, or null when there is none. */
export const userOf = lookup<[connection: Ref, tag: string], string>(
  (connection, tag) =>
    sql`(select ${users.id} from ${users} where ${hasTag(connection, tag)}
    order by ${sql.join(LIVING_FIRST, sql`, `)} limit 1)`,
);

/** Finds a user by tag and locks it until the transaction ends. */
export const lockUser = (tx: Db, connection: Ref, tag: string): Query<User | undefined> =>
  firstRow(byTag(tx, connection, tag).for("update"));

export const findUserById = compiled<[id: string], User | undefined>((db, id) =>
  firstRow(db.select(columns).from(users).where(eq(users.id, id))),
);

/** Locks a user until the transaction ends. */
export const lockUserById = (tx: Db, id: string): Query<void> =>
  noRows(tx.select({ id: users.id }).from(users).where(eq(users.id, id)).for("update"));

/** SQL: the id of the user's connection, or null when there is no such user. */
export const connectionOfUser = (id: string): SQL<string> =>
  sql`(select ${users.connectionId} from ${users} where ${users.id} = ${id})`;

export const insertUser = compiled<[user: NewUser], void>((tx, user) =>
  noRows(tx.insert(users).values(user)),
);

export const updateUser = (tx: Db, id: string, change: UserChange): Query<void> =>
  noRows(tx.update(users).set(change).where(eq(users.id, id)));
