export const COLOUR_SCHEMES = ["system", "light", "dark"] as const;
export type ColourScheme = (typeof COLOUR_SCHEMES)[number];

const KEY = "colour-scheme";

/** What this browser was told before; as the system has it, if nothing. */
export function chosenScheme(): ColourScheme {
  const kept = localStorage.getItem(KEY);
  return COLOUR_SCHEMES.find((scheme) => scheme === kept) ?? "system";
}

/** Shows the page so, and remembers it. */
export function chooseScheme(scheme: ColourScheme): void {
  localStorage.setItem(KEY, scheme);
  applyScheme(scheme);
}

export function applyScheme(scheme: ColourScheme): void {
  if (scheme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = scheme;
}
