import { and, asc, eq, isNull, type SQL, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { noRows, type Query } from "../query.ts";
import { partnerConnections } from "../partners/tables.ts";
import { users } from "./tables.ts";

/** Makes the fleet read the living users of a provider again, as if each had changed. */
export const touchUsersOfProvider = (tx: Db, providerId: string): Query<void> =>
  touchUsers(tx, eq(partnerConnections.providerId, providerId));

/** Makes the fleet read the living users of a connection again. */
export const touchUsersOfConnection = (tx: Db, connectionId: string): Query<void> =>
  touchUsers(tx, eq(partnerConnections.id, connectionId));

function touchUsers(tx: Db, whose: SQL): Query<void> {
  // Users are always locked in the order of ids, so that two writers cannot deadlock.
  const living = tx
    .select({ id: users.id })
    .from(users)
    .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .where(and(whose, isNull(users.archivedAt)))
    .orderBy(asc(users.id))
    .for("no key update", { of: users });
  // The trigger that marks a user as changed fires when this column is named, even if its value
  // stays the same.
  return noRows(
    tx.execute(sql`
    with living as ${living}
    update users set enable_tracer = enable_tracer from living where users.id = living.id`),
  );
}
