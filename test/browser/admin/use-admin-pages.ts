import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type AdminTest, PASSWORD, type TestAdmin, useAdmin } from "../../admin/use-admin.ts";
import { startChromium } from "../../../dev/servers/chromium.ts";
import { isChromiumMissing } from "../chromium.ts";
import { openPage } from "../open-page.ts";

export interface AdminPages extends AdminTest {
  /** Opens a page in a new browser context without cookies, which is closed after the test. */
  newPage(): Promise<Page>;
  /** Goes to the screen and signs in there. */
  signIn(page: Page, path: string, admin: Pick<TestAdmin, "email">): Promise<void>;
  /** Creates an admin, signs in on the sign-in page, and opens this path. */
  pageOf(path: string): Promise<{ page: Page; admin: TestAdmin }>;
}

/** One edge and one Chromium for the tests of a file. */
export function useAdminPages(): AdminPages {
  const admins = useAdmin();
  let browser: Browser | undefined;
  const pages: Page[] = [];
  beforeAll(async () => {
    if (!isChromiumMissing) browser = await startChromium();
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
  });
  afterAll(() => browser?.close());

  const newPage = async () => {
    if (!browser) throw new Error("Cannot open a page: the browser has not started");
    // No animations: contrast must not be checked while colours are fading.
    const page = await openPage(browser, { reducedMotion: "reduce" });
    pages.push(page);
    return page;
  };
  const signIn: AdminPages["signIn"] = async (page, path, { email }) => {
    await page.goto(`${admins.stack().url}${path}`);
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
  };
  return {
    ...admins,
    newPage,
    signIn,
    async pageOf(path) {
      const admin = await admins.newAdmin();
      const page = await newPage();
      await signIn(page, path, admin);
      await page.getByRole("button", { name: "Sign out" }).waitFor();
      return { page, admin };
    },
  };
}
