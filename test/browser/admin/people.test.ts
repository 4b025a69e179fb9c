import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { isChromiumMissing } from "../chromium.ts";
import { useAdminPages } from "./use-admin-pages.ts";

const pages = useAdminPages();

const dialog = (page: Page) => page.getByRole("dialog");
const press = (page: Page, name: string) =>
  dialog(page).getByRole("button", { name, exact: true }).click();
const findRow = (page: Page, text: string) => page.getByRole("row").filter({ hasText: text });
const pressIn = (page: Page, text: string, name: string) =>
  findRow(page, text).getByRole("button", { name, exact: true }).click();

describe.skipIf(isChromiumMissing)("an admin", () => {
  test("adds another admin, whose password is shown once", async () => {
    const { page } = await pages.openAdminPage("/admin/admins");
    await page.getByRole("button", { name: "Add an admin" }).click();
    await dialog(page).getByLabel("Name").fill("Nora New");
    await dialog(page).getByLabel("E-mail").fill("nora@example.com");
    await dialog(page).getByLabel("Role").selectOption("support");
    await press(page, "Add");
    const password = await dialog(page).locator("code").innerText();
    expect(password.length).toBeGreaterThan(15);
    await press(page, "Done");
    await findRow(page, "Nora New").getByText("has not chosen a password yet").waitFor();
    expect(await page.content()).not.toContain(password);
  });

  test("sees at the field that an address belongs to another admin", async () => {
    const { page, admin } = await pages.openAdminPage("/admin/admins");
    await page.getByRole("button", { name: "Add an admin" }).click();
    await dialog(page).getByLabel("Name").fill("Somebody");
    await dialog(page).getByLabel("E-mail").fill(admin.email.toUpperCase());
    await press(page, "Add");
    await page.getByText("E-mail belongs to another admin.").waitFor();
    expect(
      await dialog(page)
        .getByLabel("E-mail")
        .evaluate((field) => field.matches(":focus")),
    ).toBe(true);
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "detached" });
  });

  test("edits, unlocks, gives a new password to and deletes another", async () => {
    const other = await pages.newAdmin();
    const { page } = await pages.openAdminPage("/admin/admins");
    await pressIn(page, other.email, "Edit");
    await dialog(page).getByLabel("Name").fill("Olga Other");
    await press(page, "Save");
    await page.getByRole("status").getByText("Olga Other saved.").waitFor();

    await pages
      .stack()
      .query("update admin_users set locked_until = now() + interval '1 hour' where id = $1", [
        other.id,
      ]);
    await page.reload();
    await pressIn(page, "Olga Other", "Unlock");
    await press(page, "Unlock");
    await findRow(page, "Olga Other").getByText("active").waitFor();

    await pressIn(page, "Olga Other", "New password");
    await press(page, "Create a new password");
    await dialog(page).locator("code").waitFor();
    await press(page, "Done");
    await findRow(page, "Olga Other").getByText("has not chosen a password yet").waitFor();

    await pressIn(page, "Olga Other", "Role");
    await dialog(page).getByLabel("Role").selectOption("operator");
    await press(page, "Save");
    await page.getByRole("status").getByText("Olga Other is now operator.").waitFor();
    await findRow(page, "Olga Other").getByText("operator", { exact: true }).waitFor();

    await pressIn(page, "Olga Other", "Delete");
    await dialog(page).getByLabel(`Type ${other.email} to confirm`).fill("something else");
    await press(page, "Delete");
    await page.getByText(`must be ${other.email}`).waitFor();
    await dialog(page).getByLabel(`Type ${other.email} to confirm`).fill(other.email);
    await press(page, "Delete");
    await findRow(page, "Olga Other").waitFor({ state: "detached" });
  });

  test("with the role viewer sees neither what it may not change nor links to it", async () => {
    const { page } = await pages.openAdminPage("/admin/partners", "viewer");
    await page.getByRole("heading", { name: "Partners", level: 1 }).waitFor();
    expect(await page.getByRole("main").getByRole("button").allInnerTexts()).toEqual(["Filter"]);
    const links = page.getByRole("navigation", { name: "Main" });
    expect(await links.getByText("Sessions").count()).toBe(1);
    expect(await links.getByText("Admins").count()).toBe(0);
    await page.getByRole("link", { name: "(viewer)" }).click();
    await page.getByText("Your role is viewer").waitFor();
    await page.goto(`${pages.stack().url}/admin/admins`);
    await page.getByText("it needs the role owner").waitFor();
  });

  test("ends a session elsewhere, which then shows the sign-in form", async () => {
    // The account page sends no requests by itself. It notices the end of the session only when it
    // is reloaded.
    const { page: elsewhere, admin } = await pages.openAdminPage("/admin/account");
    const { page } = await pages.openAdminPage("/admin/sessions");
    const [{ name } = {}] = await pages
      .stack()
      .query("select name from admin_users where id = $1", [admin.id]);
    await pressIn(page, String(name), "End");
    await press(page, "End session");
    await findRow(page, String(name)).waitFor({ state: "detached" });
    await elsewhere.getByRole("link", { name: "Audit log" }).click();
    await elsewhere.getByText("Your session has ended.").waitFor();
  });

  test("filters the audit log by actor and action", async () => {
    const { page, admin } = await pages.openAdminPage("/admin/audit-log");
    await findRow(page, "admin_session.started").first().waitFor();
    await page.getByLabel("Action", { exact: true }).fill("admin.none");
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await page.getByText("Nothing matches. Remove a filter.").waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    await findRow(page, "admin_session.started").first().waitFor();
    await page.goto(`${pages.stack().url}/admin/audit-log?actor=admin:${admin.id}`);
    await findRow(page, "admin_session.started").waitFor();
  });

  test("chooses dark colours, which stay", async () => {
    const { page } = await pages.openAdminPage("/admin/account");
    const paper = () =>
      page.evaluate<string>("getComputedStyle(document.documentElement).backgroundColor");
    const light = await paper();
    await page.getByText("Dark", { exact: true }).click();
    expect(await paper()).not.toBe(light);
    await page.reload();
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(await paper()).not.toBe(light);
  });

  test("sees times in UTC, which stay", async () => {
    const { page } = await pages.openAdminPage("/admin/sessions");
    const time = page.getByRole("table").locator("time").first();
    expect(await time.getAttribute("title")).toMatch(/ \(\d{4}-\d\d-\d\dT[\d:.]+Z\)$/);
    await page.getByText("UTC", { exact: true }).click();
    await expect.poll(() => time.innerText()).toMatch(/ UTC$/);
    await page.reload();
    await expect.poll(() => time.innerText()).toMatch(/ UTC$/);
  });

  test("sees that a page does not exist", async () => {
    const { page } = await pages.openAdminPage("/admin/no-such-page");
    await page.getByRole("heading", { name: "Page not found" }).waitFor();
  });
});
