import { eq, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { requireRow } from "../conditions.ts";
import { noRows, type Query, type Ref } from "../query.ts";
import { partners } from "./tables.ts";

/**
 * Locks the partner's row until the transaction ends. Every change of the partner's keys and pauses
 * begins with this.
 */
export const lockPartner = (tx: Db, partner: Ref): Query<void> =>
  noRows(
    tx
      .select({ id: partners.id })
      .from(partners)
      .where(eq(partners.id, partner))
      .for("no key update"),
  );

/** SQL: the version of the partner's row. Each update of the row changes it. */
export const partnerVersion = sql<string>`${partners}.xmin::text`;

/** Locks the partner's row, and requires, as `requireRow()`, that it still has this version. */
export const requirePartner = (tx: Db, partnerId: string, version: string): Query<void> =>
  requireRow(
    tx,
    sql`select 1 from partners where id = ${partnerId} and xmin::text = ${version} for no key update`,
  );
