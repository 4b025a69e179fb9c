import type { Locator, Page } from "playwright-core";

interface FocusRing {
  /** The style of the outline, such as `solid`. */
  style: string;
  widthPx: number;
  /** The contrast of the outline with the background around the element (WCAG 2.2, 1.4.11). */
  contrast: number;
}

/**
 * Measures a CSS colour, also one written as `light-dark()` or `color-mix()`, by painting it on a
 * canvas.
 */
const MEASURE = `(element) => {
  const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
  const paint = (color) => { context.fillStyle = color; context.fillRect(0, 0, 1, 1); };
  const light = () => {
    const parts = [...context.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
  const papers = [];
  for (let one = element.parentElement; one; one = one.parentElement) papers.unshift(one);
  paint("white");
  for (const paper of papers) paint(getComputedStyle(paper).backgroundColor);
  const around = light();
  paint(outlineColor);
  const ring = light();
  const [dark, bright] = [around, ring].sort((a, b) => a - b);
  return { style: outlineStyle, widthPx: parseFloat(outlineWidth), contrast: (bright + 0.05) / (dark + 0.05) };
}`;

/** Focuses the element as the Tab key does, and measures the ring that shows the focus. */
export async function judgeFocusRing(page: Page, element: Locator): Promise<FocusRing> {
  await element.focus();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Tab");
  return page.evaluate<FocusRing>(`(${MEASURE})(document.activeElement)`);
}
