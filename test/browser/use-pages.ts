import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { startChromium } from "../../dev/servers/chromium.ts";
import { isChromiumMissing } from "./chromium.ts";
import { openPage } from "./open-page.ts";

/** Opens a page in a new browser context without cookies. The context closes after the test. */
export type NewPage = (options?: BrowserContextOptions) => Promise<Page>;

/** Starts one Chromium for all tests of a file, and stops it after the tests. */
export function usePages(): NewPage {
  let browser: Browser | undefined;
  const pages: Page[] = [];
  beforeAll(async () => {
    if (!isChromiumMissing) browser = await startChromium();
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
  });
  afterAll(() => browser?.close());

  return async (options) => {
    if (!browser) throw new Error("Cannot open a page: the browser has not started");
    // Turns animations off, so that no test checks a colour while it fades.
    const page = await openPage(browser, { reducedMotion: "reduce", ...options });
    pages.push(page);
    return page;
  };
}
