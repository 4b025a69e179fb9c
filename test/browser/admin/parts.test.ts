import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { accountMakers } from "../../admin/users/account-makers.ts";
import { isChromiumMissing } from "../chromium.ts";
import { findPageFaults } from "../find-page-faults.ts";
import { dialog, findRow, press, title } from "./on-page.ts";
import { onPartner } from "./on-partner.ts";
import { judgeFocusRing } from "./focus-ring.ts";
import { useAdminPages } from "./use-admin-pages.ts";

const pages = useAdminPages();
const { withUser } = accountMakers(pages);
const query = (sql: string, values?: unknown[]) => pages.stack().query(sql, values);

const SESSIONS_CODE = "**/admin/assets/sessions-*.js";
const open = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true }).click();
const isFocused = (element: Locator) => element.evaluate((one) => one.matches(":focus"));

describe.skipIf(isChromiumMissing)("a page whose code cannot be loaded", () => {
  test("says so, leads elsewhere, and opens when the code can be loaded again", async () => {
    const { page } = await pages.openAdminPage("/admin/account");
    await page.route(SESSIONS_CODE, (route) => route.abort());
    await open(page, "Sessions");
    await title(page, "This page could not be loaded").waitFor();
    expect(await findPageFaults(page)).toEqual([]);
    await open(page, "Audit log");
    await title(page, "Audit log").waitFor();
    await open(page, "Sessions");
    await title(page, "This page could not be loaded").waitFor();
    await page.unroute(SESSIONS_CODE);
    await press(page, "Try again");
    await title(page, "Sessions").waitFor();
  });

  test("is loaded from the new version after a deployment", async () => {
    const { page } = await pages.openAdminPage("/admin/account");
    let isOld = true;
    await page.route(SESSIONS_CODE, (route) => (isOld ? route.abort() : route.continue()));
    await page.route("**/admin/sessions", async (route) => {
      if (route.request().resourceType() !== "fetch") {
        isOld = false;
        return route.continue();
      }
      const answer = await route.fetch();
      const body = (await answer.text()).replace(/assets\/admin-[\w-]+\.js/, "assets/admin-new.js");
      return route.fulfill({ response: answer, body });
    });
    await open(page, "Sessions");
    await title(page, "Sessions").waitFor();
    expect(isOld).toBe(false);
  });
});

describe.skipIf(isChromiumMissing)("on a phone", () => {
  test("the menu leads to the own account, and cards show values beside their names", async () => {
    const { id } = await withUser();
    await query(
      "update users set state = 'auth_failed', state_reason = 'wrong_password' where id = $1",
      [id],
    );
    const { page } = await pages.openAdminPage("/admin/users");
    await page.setViewportSize({ width: 320, height: 700 });
    const state = findRow(page, "Ann").first().locator("td[data-title=State]");
    const badge = await state.locator(".badge").boundingBox();
    const reason = await state.locator("small").boundingBox();
    const card = await state.boundingBox();
    expect(badge?.x ?? 0).toBeGreaterThan((card?.x ?? 0) + 100);
    expect(Math.abs((reason?.x ?? 0) - (badge?.x ?? 0))).toBeLessThan(16);
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    await press(page, "Menu");
    await open(page, "My account");
    await title(page, "My account").waitFor();
  });
});

describe.skipIf(isChromiumMissing)("a dialog", () => {
  test("that shows a secret asks before it closes", async () => {
    const { page } = await onPartner(pages);
    await press(page, "Create a key");
    await press(dialog(page), "Create");
    const key = dialog(page).locator("code");
    await key.waitFor();
    for (let n = 0; n < 3; n++) await page.keyboard.press("Escape");
    await dialog(page).getByText("not shown again. Close anyway?").waitFor();
    expect(await findPageFaults(page)).toEqual([]);
    await press(dialog(page), "Keep it open");
    await key.waitFor();
    await press(dialog(page), "Close");
    await press(dialog(page), "Close without saving");
    await dialog(page).waitFor({ state: "detached" });
  });

  test("begins at its first field, or at its heading, and announces nothing when it closes", async () => {
    const { page } = await onPartner(pages);
    await press(page, "Rename");
    expect(await isFocused(dialog(page).getByLabel("Name"))).toBe(true);
    await page.keyboard.press("Escape");
    await press(page, "Create a key");
    expect(await isFocused(dialog(page).getByRole("heading"))).toBe(true);
    await page.keyboard.press("Escape");

    await page.goto(`${pages.stack().url}/admin/account`);
    for (const close of ["Escape", "Cancel"]) {
      await press(page, "Turn on");
      await dialog(page).getByLabel("Code").waitFor();
      if (close === "Escape") await page.keyboard.press("Escape");
      else await press(dialog(page), "Cancel");
      await dialog(page).waitFor({ state: "detached" });
      expect(await page.locator(".announcement p").count()).toBe(0);
    }
  });
});

describe.skipIf(isChromiumMissing)("the focus", () => {
  test("moves to the list after a filter, and is seen in both schemes and in forced colours", async () => {
    const { page } = await pages.openAdminPage("/admin/audit-log");
    const table = page.getByRole("table", { name: "Audit log" });
    await table.waitFor();
    await page.getByLabel("Action", { exact: true }).fill("admin_session.started");
    await press(page, "Filter");
    await expect.poll(() => isFocused(table)).toBe(true);
    const filter = page.getByRole("button", { name: "Filter", exact: true });
    const seen = [filter, page.getByLabel("Actor", { exact: true }), page.getByText("Tracers")];
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, forcedColors: "none" });
      for (const element of seen) {
        const { style, widthPx, contrast } = await judgeFocusRing(page, element);
        expect({ style, isWide: widthPx >= 2, isClear: contrast >= 3 }).toEqual({
          style: "solid",
          isWide: true,
          isClear: true,
        });
      }
    }
    await page.emulateMedia({ forcedColors: "active" });
    for (const element of seen) {
      expect(await judgeFocusRing(page, element)).toMatchObject({ style: "solid" });
    }
  });
});
