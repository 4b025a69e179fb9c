/**
 * The fault of each wrong field, by its name. A fault in a part of a field has the name
 * `name.part`.
 */
export type Faults = Readonly<Record<string, string>>;

/**
 * Returns the fault of a field, or else the fault of its first wrong part; undefined without a
 * fault.
 */
export function findFault(faults: Faults, name: string): string | undefined {
  const own = faults[name];
  if (own !== undefined) return own;
  const part = Object.keys(faults).find((fault) => toFieldName(fault) === name);
  return part && `${partName(part.slice(name.length + 1))} ${faults[part] ?? ""}`;
}

/** Returns the name of the field that a fault belongs to. Names of form fields contain no dots. */
export const toFieldName = (fault: string): string => fault.split(".", 1)[0] ?? fault;

const partName = (part: string) => (/^\d+$/.test(part) ? `Line ${Number(part) + 1}` : `“${part}”`);
