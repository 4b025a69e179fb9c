/** Whether a configuration that a server has lacks something of the wanted one. What only the server has does not count. */
export function differs(found: object, wanted: object): boolean {
  const known = new Map<string, unknown>(Object.entries(found));
  return Object.entries(wanted).some(
    ([key, value]) => JSON.stringify(known.get(key)) !== JSON.stringify(value),
  );
}
