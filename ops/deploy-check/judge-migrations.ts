/** How a database compares with the migrations of this checkout. */
export type MigrationVerdict =
  | { kind: "current" }
  /** The database lacks migrations. They run first when the fleet is deployed. */
  | { kind: "pending"; names: string[] }
  /** The database has migrations that only a newer checkout has. */
  | { kind: "newer"; names: string[] }
  /** A migration that has not run is older than one that has run. */
  | { kind: "gap"; names: string[] };

export function judgeMigrations(
  known: readonly string[],
  applied: readonly string[],
): MigrationVerdict {
  const newer = applied.filter((name) => !known.includes(name));
  if (newer.length > 0) return { kind: "newer", names: newer };
  const pending = known.filter((name) => !applied.includes(name));
  const last = applied.at(-1) ?? "";
  const skipped = pending.filter((name) => name < last);
  if (skipped.length > 0) return { kind: "gap", names: skipped };
  return pending.length === 0 ? { kind: "current" } : { kind: "pending", names: pending };
}
