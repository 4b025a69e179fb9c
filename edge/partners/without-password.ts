/** Returns a URL with its password masked, for display. */
export function withoutPassword(text: string | null): string | null {
  if (text === null || !URL.canParse(text)) return text;
  const parsed = new URL(text);
  if (parsed.password === "") return text;
  parsed.password = "***";
  return parsed.href;
}
