import type { Page } from "playwright-core";
import type { AdminRole } from "../../../shared/admin-roles.ts";
import { type AdminTest, PASSWORD, type TestAdmin, useAdmin } from "../../admin/use-admin.ts";
import { type NewPage, usePages } from "../use-pages.ts";

export interface AdminPages extends AdminTest {
  /** Opens a page in a new browser context without cookies. The context closes after the test. */
  newPage: NewPage;
  /** Opens this path, which shows the sign-in form, and signs in. */
  signIn(page: Page, path: string, admin: Pick<TestAdmin, "email">): Promise<void>;
  /** Creates an admin (an owner unless `role` says otherwise), signs in, and opens this path. */
  openAdminPage(path: string, role?: AdminRole): Promise<{ page: Page; admin: TestAdmin }>;
}

/** Starts one edge and one Chromium for all tests of a file, and stops them after the tests. */
export function useAdminPages(): AdminPages {
  const admins = useAdmin();
  const newPage = usePages();
  const signIn: AdminPages["signIn"] = async (page, path, { email }) => {
    await page.goto(`${admins.stack().url}${path}`);
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  };
  return {
    ...admins,
    newPage,
    signIn,
    async openAdminPage(path, role) {
      const admin = await admins.newAdmin("chosen", role);
      const page = await newPage();
      await signIn(page, path, admin);
      await page.getByRole("button", { name: "Sign out" }).waitFor();
      return { page, admin };
    },
  };
}
