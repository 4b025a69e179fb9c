export const COLOUR_SCHEMES = ["system", "light", "dark"] as const;
export type ColourScheme = (typeof COLOUR_SCHEMES)[number];

const KEY = "colour-scheme";

/**
 * Returns the color scheme that was chosen in this browser. The default is `system`, the scheme of
 * the operating system.
 */
export function chosenScheme(): ColourScheme {
  const kept = localStorage.getItem(KEY);
  return COLOUR_SCHEMES.find((scheme) => scheme === kept) ?? "system";
}

/** Applies a color scheme, and stores the choice in the browser. */
export function chooseScheme(scheme: ColourScheme): void {
  localStorage.setItem(KEY, scheme);
  applyScheme(scheme);
}

export function applyScheme(scheme: ColourScheme): void {
  if (scheme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = scheme;
}
