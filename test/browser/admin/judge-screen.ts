import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The rules whose result depends on the colours. All other rules are checked in one scheme. */
const OF_COLOURS = ["color-contrast", "link-in-text-block"];
const SCHEMES = [
  ["light", { colorScheme: "light", forcedColors: "none" }],
  ["dark", { colorScheme: "dark", forcedColors: "none" }],
  ["forced colours", { colorScheme: "light", forcedColors: "active" }],
] as const;
/** 320 px is also 1280 px at a zoom of 400 %; 640 px is 1280 px at 200 %. */
const WIDTHS = [320, 640] as const;
const WINDOW = { width: 1_280, height: 800 };

/** Installs `walk`: the controls that the Tab key must reach, and those whose focus was not seen. */
const WALK = `(within) => {
  const SELECTOR = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const name = (one) => one.outerHTML.slice(0, 120);
  const controls = [...within.querySelectorAll(SELECTOR)].filter((one) =>
    !one.disabled && one.tabIndex >= 0 && one.checkVisibility({ visibilityProperty: true }) &&
    (one.type !== "radio" || one.checked));
  const missed = new Set(controls);
  const unseen = [];
  const isRinged = (one) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
    return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow !== "none";
  };
  const listen = ({ target }) => {
    missed.delete(target);
    if (![target, target.parentElement, target.closest("label")].some((one) => one && isRinged(one))) {
      unseen.push(name(target));
    }
  };
  document.addEventListener("focusin", listen);
  window.walk = {
    end() {
      document.removeEventListener("focusin", listen);
      return [...[...missed].map((one) => "Tab does not reach " + name(one)),
              ...unseen.map((one) => "no visible focus on " + one)];
    },
  };
  // Each part of a date is a stop of its own.
  const parts = controls.filter(({ type }) => type === "datetime-local").length * 7;
  return controls.length + parts + 3;
}`;

/** The part of the page that is judged. */
type JudgedPart = "page" | "content" | "dialog";
const SELECTORS = { page: "body", content: "#main", dialog: "dialog[open]" } as const;

/**
 * Returns what is wrong with a part of the page: rules of axe in both schemes and in
 * forced colours, a window of 320 or 640 px that must be scrolled sideways, controls that the Tab
 * key does not reach, and controls whose focus is not visible. Call it right after the page was
 * loaded, or a dialog was opened: the Tab key starts there.
 */
export async function judgeScreen(page: Page, part: JudgedPart = "page"): Promise<string[]> {
  const within = SELECTORS[part];
  const faults = await walkByTab(page, within);
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(AXE);
  for (const [scheme, media] of SCHEMES) {
    await page.emulateMedia(media);
    const rules = scheme === "light" ? {} : { runOnly: OF_COLOURS };
    const found = await page.evaluate<string[]>(
      `axe.run("${within}", ${JSON.stringify(rules)}).then(({ violations }) =>
         violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + " at " + html)))`,
    );
    faults.push(...found.map((fault) => `${scheme}: ${fault}`));
  }
  await page.emulateMedia({ colorScheme: "light", forcedColors: "none" });
  for (const width of WIDTHS) {
    await page.setViewportSize({ ...WINDOW, width });
    const wide = await page.evaluate<string | null>(
      `(() => {
        const { scrollWidth } = document.querySelector("${part === "dialog" ? "dialog[open] > *" : "html"}");
        return scrollWidth > innerWidth ? scrollWidth + " px" : null;
      })()`,
    );
    if (wide !== null) faults.push(`${width} px: is ${wide} wide`);
  }
  await page.setViewportSize(WINDOW);
  return faults;
}

async function walkByTab(page: Page, within: string): Promise<string[]> {
  if (within === SELECTORS.content) await page.locator(within).focus();
  const presses = await page.evaluate<number>(`(${WALK})(document.querySelector("${within}"))`);
  for (let press = 0; press < presses; press++) await page.keyboard.press("Tab");
  return page.evaluate<string[]>("walk.end()");
}
