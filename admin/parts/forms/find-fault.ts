/**
 * The error message of each wrong field. The key is the field's name, or `name.part` if only a part
 * is wrong.
 */
export type Faults = Readonly<Record<string, string>>;

/**
 * Returns the error message of a field, or of its first wrong part. Undefined if the field has no
 * error.
 */
export function findFault(faults: Faults, name: string): string | undefined {
  const own = faults[name];
  if (own !== undefined) return own;
  const part = Object.keys(faults).find((fault) => toFieldName(fault) === name);
  return part && `${partName(part.slice(name.length + 1))} ${faults[part] ?? ""}`;
}

/** Returns the name of the field from a key of `Faults`. Names of form fields contain no dots. */
export const toFieldName = (fault: string): string => fault.split(".", 1)[0] ?? fault;

const partName = (part: string) => (/^\d+$/.test(part) ? `Line ${Number(part) + 1}` : `“${part}”`);
