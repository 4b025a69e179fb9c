export type AuditedFields = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Returns the fields that differ, with the values before and after, for the audit log. Returns
 * undefined when no field differs.
 */
export function changedFields(
  before: AuditedFields,
  after: AuditedFields,
): { before: AuditedFields; after: AuditedFields } | undefined {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => (before[name] ?? null) !== (after[name] ?? null));
  if (changed.length === 0) return undefined;
  const pick = (fields: AuditedFields) =>
    Object.fromEntries(changed.map((name) => [name, fields[name] ?? null]));
  return { before: pick(before), after: pick(after) };
}
