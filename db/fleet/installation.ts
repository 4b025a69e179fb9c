import { and, eq, inArray, notExists } from "drizzle-orm";
import { type Db, type RawConnection, sqlStateOf } from "../client.ts";
import { installation } from "./tables.ts";
import { partners } from "../partners/tables.ts";
import { removedPartners } from "../removal/tables.ts";

const UNDEFINED_TABLE = "42P01";

/** The database is not one that this process may work with. Waiting does not mend it. */
export class WrongDatabase extends Error {
  override readonly name = "WrongDatabase";
}

/**
 * The id of the installation that a database belongs to: made by a migration, kept by a dump and its restore.
 *
 * @throws {WrongDatabase} when it has none: it is empty, or was never migrated.
 */
export async function readInstallationId(db: Pick<Db, "select">): Promise<string> {
  const rows = await db
    .select({ id: installation.id })
    .from(installation)
    .catch((cause: unknown) => {
      if (sqlStateOf(cause) !== UNDEFINED_TABLE) throw cause;
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
 * For each new connection: names move, and the host of the URL may be another server when the pool connects again.
 *
 * @throws {WrongDatabase} when it leads to the database of another installation.
 */
export async function expectInstallation(connection: RawConnection, id: string): Promise<void> {
  const { rows } = await connection.query("select id from installation").catch((cause: unknown) => {
    if (sqlStateOf(cause) !== UNDEFINED_TABLE) throw cause;
    return { rows: [] };
  });
  const [row] = rows;
  const found = typeof row === "object" && row !== null && "id" in row ? String(row.id) : "none";
  if (found === id) return;
  throw new WrongDatabase(
    `Cannot use this database connection: found the database of installation ${found}, wanted that of ${id}; DATABASE_URL leads elsewhere since this process started`,
  );
}

/** Those of these partners that were deleted. One that is merely missing is not among them. */
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
