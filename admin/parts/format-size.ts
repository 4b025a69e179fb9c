const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** Formats a size in decimal units (1 kB = 1,000 bytes): `640 byte`, `2.1 kB` or `25 MB`. */
export function formatSize(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  const words = new Intl.NumberFormat("en", {
    style: "unit",
    unit: UNITS[power] ?? "byte",
    maximumSignificantDigits: 3,
  });
  return words.format(bytes / 1_000 ** power);
}
