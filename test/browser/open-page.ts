import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** For a machine that is busy. */
const PATIENCE_MS = 60_000;

/** A page in a context of its own, which knows no cookie. */
export async function openPage(browser: Browser, options?: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE_MS);
  return context.newPage();
}
