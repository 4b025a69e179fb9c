/** The contrast that text needs (WCAG 2.2, 1.4.3). */
export const MIN_CONTRAST = 4.5;

/** The background of the connect pages in the dark scheme. In the light scheme it is white. */
export const DARK_PAPER = "#18181b";
const WHITE = "#ffffff";

/** Returns the contrast of two colors, such as `#1d4ed8`: from 1 to 21 (WCAG 2.2, contrast ratio). */
export function contrastOf(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminanceOf(one), luminanceOf(other)].toSorted((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

export const contrastWithWhite = (color: string) => contrastOf(color, WHITE);

/**
 * Returns the color for the dark scheme: the same color, mixed with as little white as it needs for
 * enough contrast with the dark background.
 */
export function toDarkAccent(color: string): string {
  const channels = toChannels(color);
  for (let percent = 0; percent < 100; percent += 5) {
    const mixed = toColor(channels.map((value) => value + ((255 - value) * percent) / 100));
    if (contrastOf(mixed, DARK_PAPER) >= MIN_CONTRAST) return mixed;
  }
  return WHITE;
}

const toChannels = (color: string) =>
  [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));

const toColor = (channels: readonly number[]) =>
  `#${channels.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;

/** The relative luminance of a color in sRGB, from 0 to 1 (WCAG 2.2, relative luminance). */
function luminanceOf(color: string): number {
  const [red = 0, green = 0, blue = 0] = toChannels(color).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
