/**
 * Returns whether a server's configuration differs from the wanted one. Compares only the fields of
 * the wanted one.
 */
export function differs(found: object, wanted: object): boolean {
  const known = new Map<string, unknown>(Object.entries(found));
  return Object.entries(wanted).some(
    ([key, value]) => JSON.stringify(known.get(key)) !== JSON.stringify(value),
  );
}
