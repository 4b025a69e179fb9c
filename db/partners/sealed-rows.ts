import { sql } from "drizzle-orm";
import type { RowIdentity } from "../../shared/secrets/vault.ts";
import type { Db } from "../client.ts";
import { nameColumn, SEALED_COLUMNS, type SealedColumn } from "./sealed-columns.ts";

/**
 * Returns SQL for the key id (`kid`) of a compact JWE. It is in the protected header, which is JSON
 * in base64url (RFC 7516, 7.1). The SQL gives null when the text is not a JWE.
 */
function selectKid({ column }: SealedColumn) {
  const text = sql.identifier(column.name);
  const header = sql`translate(split_part(${text}, '.', 1), '-_', '+/')`;
  const padded = sql`rpad(${header}, (length(${header}) + 3) / 4 * 4, '=')`;
  return sql`case when ${text} ~ '^([A-Za-z0-9_-]{4})*[A-Za-z0-9_-]{2,4}\\.'
    then substring(encode(decode(${padded}, 'base64'), 'escape') from '"kid":"([^"]*)"') end`;
}

/** How many secrets of a column are sealed with a key. */
export interface KeyUse {
  column: SealedColumn;
  /** Null for rows whose text is not sealed. */
  kid: string | null;
  rows: number;
}

/** Counts the secrets of every sealed column by key. */
export async function countKeyUses(db: Db): Promise<KeyUse[]> {
  const counts = SEALED_COLUMNS.map(
    (sealed) => sql`
      select ${nameColumn(sealed)} as name, ${selectKid(sealed)} as kid, count(*)::int as rows
      from ${sealed.table} where ${sql.identifier(sealed.column.name)} is not null group by 2`,
  );
  const { rows } = await db.execute<{ name: string; kid: string | null; rows: number }>(
    sql`${sql.join(counts, sql` union all `)} order by 1, 2`,
  );
  return rows.flatMap(({ name, kid, rows: uses }) =>
    SEALED_COLUMNS.filter((column) => nameColumn(column) === name).map((column) => ({
      column,
      kid,
      rows: uses,
    })),
  );
}

export interface SealedSecret {
  id: string;
  identity: RowIdentity;
  sealed: string;
}

/**
 * Reads secrets that are sealed with a key other than `kid`, sorted by id. Only ids greater than
 * `after` are read.
 */
export async function readSecretsOfOtherKeys(
  db: Db,
  column: SealedColumn,
  { kid, after, limit }: { kid: string; after: string; limit: number },
): Promise<SealedSecret[]> {
  const text = sql.identifier(column.column.name);
  const { rows } = await db.execute<{ id: string; owner: string; sealed: string }>(sql`
    select id, ${sql.identifier(column.owner.name)} as owner, ${text} as sealed
    from ${column.table}
    where id > ${after} and ${text} is not null and not ${column.isInUse}
      and ${selectKid(column)} is distinct from ${kid}
    order by id limit ${limit}`);
  return rows.map(({ id, owner, sealed }) => ({ id, identity: column.identity(owner), sealed }));
}

export interface Resealed {
  id: string;
  from: string;
  to: string;
}

/**
 * Replaces the sealed text of secrets, if the old text is unchanged.
 * @returns How many were replaced.
 */
export async function replaceSecrets(
  db: Db,
  column: SealedColumn,
  secrets: readonly Resealed[],
): Promise<number> {
  const text = sql.identifier(column.column.name);
  const { rowCount } = await db.execute(sql`
    with fresh as (
      select * from jsonb_to_recordset(${JSON.stringify(secrets)}::jsonb) as fresh (id text, "from" text, "to" text)
    ),
    still as (
      select entry.id, fresh."to" from ${column.table} as entry join fresh on fresh.id = entry.id
      where entry.${text} = fresh."from" and not ${column.isInUse}
      order by entry.id for update of entry
    )
    update ${column.table} as entry set ${text} = still."to"
    from still where entry.id = still.id`);
  return rowCount ?? 0;
}
