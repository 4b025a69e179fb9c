/**
 * Returns whether the configuration that a server has differs from the wanted configuration.
 * Compares only the fields of the wanted configuration.
 */
export function differs(found: object, wanted: object): boolean {
  const known = new Map<string, unknown>(Object.entries(found));
  return Object.entries(wanted).some(
    ([key, value]) => JSON.stringify(known.get(key)) !== JSON.stringify(value),
  );
}
