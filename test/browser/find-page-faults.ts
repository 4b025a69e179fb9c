import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Returns the accessibility faults that axe finds on the page, in light and in dark mode. */
export async function findPageFaults(page: Page): Promise<string[]> {
  const faults: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const { id, nodes } of await violationsOf(page)) {
      faults.push(...nodes.map(({ html }) => `${colorScheme}: ${id} at ${html}`));
    }
  }
  return faults;
}

/** Returns the accessibility rules that the page breaks in its current state, according to axe. */
export async function violationsOf(page: Page): Promise<AxeResults["violations"]> {
  const { violations, passes } = await page.evaluate<AxeResults>(`${AXE}; axe.run()`);
  if (passes.length === 0) throw new Error("Cannot judge the page: axe looked at nothing");
  return violations;
}
