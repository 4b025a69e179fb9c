import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type BrowserStack, startBrowserStack } from "./browser-stack.ts";
import { isChromiumMissing } from "./chromium.ts";

export interface BrowserTest extends Pick<BrowserStack, "newUser"> {
  stack(): BrowserStack;
  /** Opens a page in a new browser context without cookies. The context closes after the test. */
  newPage(options?: BrowserContextOptions): Promise<Page>;
}

/** Starts one stack and one Chromium for all tests of a file, and stops them after the tests. */
export function useBrowser(): BrowserTest {
  let started: BrowserStack | undefined;
  const pages: Page[] = [];
  beforeAll(async () => {
    if (!isChromiumMissing) started = await startBrowserStack();
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
  });
  afterAll(() => started?.[Symbol.asyncDispose]());

  const stack = () => {
    if (!started) throw new Error("Cannot use the browser: it has not started");
    return started;
  };
  return {
    stack,
    newUser: (kind, tag) => stack().newUser(kind, tag),
    async newPage(options) {
      const page = await stack().newPage(options);
      pages.push(page);
      return page;
    },
  };
}
