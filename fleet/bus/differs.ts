/**
 * Returns whether a server's configuration differs from the wanted one in any wanted field. Fields that only the
 * server has do not count.
 */
export function differs(found: object, wanted: object): boolean {
  const known = new Map<string, unknown>(Object.entries(found));
  return Object.entries(wanted).some(
    ([key, value]) => JSON.stringify(known.get(key)) !== JSON.stringify(value),
  );
}
