import { and, eq, inArray, notExists } from "drizzle-orm";
import { type Db, findSqlState, type RawConnection } from "../client.ts";
import { installation } from "./tables.ts";
import { partners } from "../partners/tables.ts";
import { removedPartners } from "../removal/tables.ts";

const UNDEFINED_TABLE = "42P01";

/** Thrown when the process must not use a database, and waiting does not help. */
export class WrongDatabase extends Error {
  override readonly name = "WrongDatabase";
}

/**
 * Reads the id of the installation that a database belongs to. A migration creates the id. A dump
 * and restore of the database keeps the id.
 *
 * @throws {WrongDatabase} when the database has no id: it is empty or was never migrated.
 */
export async function readInstallationId(db: Pick<Db, "select">): Promise<string> {
  const rows = await db
    .select({ id: installation.id })
    .from(installation)
    .catch((cause: unknown) => {
      if (findSqlState(cause) !== UNDEFINED_TABLE) throw cause;
      return [];
    });
  const [row] = rows;
  if (!row) {
    throw new WrongDatabase(
      "Cannot use this database: found no installation id in it, so it is empty or was never migrated; DATABASE_URL must name the installation's database, and db/main.ts migrates it",
    );
  }
  return row.id;
}

/**
 * Checks that a new connection leads to the database of this installation: when the pool
 * reconnects, the host name of the URL may belong to another server.
 *
 * @throws {WrongDatabase} when the connection leads to the database of another installation.
 */
export async function expectInstallation(connection: RawConnection, id: string): Promise<void> {
  const { rows } = await connection.query("select id from installation").catch((cause: unknown) => {
    if (findSqlState(cause) !== UNDEFINED_TABLE) throw cause;
    return { rows: [] };
  });
  const [row] = rows;
  const found = typeof row === "object" && row !== null && "id" in row ? String(row.id) : "none";
  if (found === id) return;
  throw new WrongDatabase(
    `Cannot use this database connection: found the database of installation ${found}, wanted that of ${id}; DATABASE_URL has pointed to another database since this process started`,
  );
}

/** Returns which of the partners were removed. A partner that never existed is not returned. */
export async function findRemovedPartners(
  db: Pick<Db, "select">,
  partnerIds: readonly string[],
): Promise<string[]> {
  const isThere = db
    .select({ id: partners.id })
    .from(partners)
    .where(eq(partners.id, removedPartners.partnerId));
  const rows = await db
    .select({ id: removedPartners.partnerId })
    .from(removedPartners)
    .where(and(inArray(removedPartners.partnerId, [...partnerIds]), notExists(isThere)));
  return rows.map(({ id }) => id);
}
