const BROWSERS: readonly [sign: RegExp, name: string][] = [
  [/\bEdg\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bFirefox\//, "Firefox"],
  [/\b(Headless)?Chrome\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const SYSTEMS: readonly [sign: RegExp, name: string][] = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux|X11/, "Linux"],
];

/**
 * Returns the browser and the operating system from a `User-Agent` header, such as `Firefox on
 * Linux`.
 */
export function nameBrowser(userAgent: string | null): string {
  const findName = (known: typeof BROWSERS) =>
    known.find(([sign]) => sign.test(userAgent ?? ""))?.[1];
  const browser = findName(BROWSERS) ?? "an unknown browser";
  const system = findName(SYSTEMS);
  return system ? `${browser} on ${system}` : browser;
}
