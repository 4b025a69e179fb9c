import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { startChromium } from "../../dev/servers/chromium.ts";
import { isChromiumMissing } from "./chromium.ts";
import { openPage } from "./open-page.ts";

/** Opens a page in a new browser context without cookies. The context is closed after the test. */
export type NewPage = (options?: BrowserContextOptions) => Promise<Page>;

/** Provides one Chromium for all tests of a file. */
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
    // Reduced motion, so that no test checks colours while they are fading.
    const page = await openPage(browser, { reducedMotion: "reduce", ...options });
    pages.push(page);
    return page;
  };
}
