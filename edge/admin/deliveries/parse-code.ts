/**
 * Parses a filter for HTTP statuses: `503`, `5xx`, or `none` for attempts without an answer (null).
 */
export function parseCode(text: string): { from: number; to: number } | null {
  const lower = text.toLowerCase();
  if (lower === "none") return null;
  return { from: Number(lower.replace("xx", "00")), to: Number(lower.replace("xx", "99")) };
}
