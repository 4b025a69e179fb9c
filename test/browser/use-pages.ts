import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { startChromium } from "../../dev/servers/chromium.ts";
import { isChromiumMissing } from "./chromium.ts";
import { openPage } from "./open-page.ts";

/** Opens a page in a browser of its own, which knows no cookie, and ends with the test. */
export type NewPage = (options?: BrowserContextOptions) => Promise<Page>;

/** One Chromium for the tests of a file. */
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
    // Colours that are still fading are judged by nobody.
    const page = await openPage(browser, { reducedMotion: "reduce", ...options });
    pages.push(page);
    return page;
  };
}
