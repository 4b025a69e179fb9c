import { asc, desc, type SQL, sql, type SQLWrapper } from "drizzle-orm";
import { exactTime } from "../time-position.ts";
import { users } from "./tables.ts";

/** The orders of a list of users. With `-` in front, the order is descending. */
export const USER_ORDERS = [
  "-created",
  "created",
  "tag",
  "-tag",
  "-state_changed",
  "state_changed",
] as const;
export type UserOrder = (typeof USER_ORDERS)[number];

/** The position of a reader in a list of users: the last user that was read. */
export interface UserPosition {
  /** The user's `sortKey`. It stays valid when the user changes or is removed. */
  key: string;
  id: string;
}

interface SortKey {
  /** The columns before the id, which have an index together with it. */
  columns: readonly SQLWrapper[];
  /** The values of the columns, as text in a position. */
  text: SQL<string>;
  fromText(text: string): SQL[];
}

/** Ids are made in the order of creation. */
const CREATED: SortKey = { columns: [], text: sql<string>`''`, fromText: () => [] };
const TAG_KEY = sql<string>`lower(${users.tag}) collate "C"`;
const TAG: SortKey = {
  columns: [TAG_KEY],
  text: TAG_KEY,
  fromText: (text) => [sql`${text}::text`],
};
const STATE_CHANGED: SortKey = {
  columns: [users.stateChangedAt],
  text: exactTime(users.stateChangedAt),
  fromText: (text) => [sql`${text}::timestamptz`],
};

const SORT_KEYS: Readonly<Record<UserOrder, SortKey>> = {
  created: CREATED,
  "-created": CREATED,
  tag: TAG,
  "-tag": TAG,
  state_changed: STATE_CHANGED,
  "-state_changed": STATE_CHANGED,
};

/** SQL: how a list of users is sorted, and how it continues after a position. */
export function toOrdering(order: UserOrder) {
  const { columns, text, fromText } = SORT_KEYS[order];
  const isDescending = order.startsWith("-");
  const sorted = [...columns, users.id];
  const row = (values: readonly SQLWrapper[]) => sql`(${sql.join([...values], sql`, `)})`;
  return {
    sortKey: text,
    by: sorted.map((column) => (isDescending ? desc(column) : asc(column))),
    isBehind: ({ key, id }: UserPosition) =>
      sql`${row(sorted)} ${sql.raw(isDescending ? "<" : ">")} ${row([...fromText(key), sql`${id}::text`])}`,
  };
}
