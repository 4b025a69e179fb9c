/** What is wrong with each field, by its name; of a part of one by `name.part`. */
export type Faults = Readonly<Record<string, string>>;

/** What is wrong with a field, or with the first of its parts that is wrong. */
export function faultOf(faults: Faults, name: string): string | undefined {
  const own = faults[name];
  if (own !== undefined) return own;
  const part = Object.keys(faults).find((fault) => fieldOf(fault) === name);
  return part && `${partName(part.slice(name.length + 1))} ${faults[part] ?? ""}`;
}

/** Whose fault it is: the fields of our forms have no dots in their names. */
export const fieldOf = (fault: string): string => fault.split(".", 1)[0] ?? fault;

const partName = (part: string) => (/^\d+$/.test(part) ? `Line ${Number(part) + 1}` : `“${part}”`);
