import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** The time limit of each action on a page. It is long because the machine may be busy. */
const PATIENCE_MS = 60_000;

/** Opens a page in a new browser context without cookies. */
export async function openPage(browser: Browser, options?: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE_MS);
  return context.newPage();
}
