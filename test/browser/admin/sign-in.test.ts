import { generateTOTP } from "@oslojs/otp";
import { decodeBase32IgnorePadding } from "@oslojs/encoding";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { PASSWORD } from "../../admin/use-admin.ts";
import { isChromiumMissing } from "../chromium.ts";
import { findPageFaults } from "../find-page-faults.ts";
import { useAdminPages } from "./use-admin-pages.ts";

const pages = useAdminPages();

const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

describe.skipIf(isChromiumMissing)("an admin", () => {
  test("signs in at the address of a screen, and is shown that screen", async () => {
    const page = await pages.newPage();
    const admin = await pages.newAdmin();
    await page.goto(`${pages.stack().url}/admin/audit-log`);
    await heading(page, "Sign in to SuperIMAP").waitFor();
    expect(await findPageFaults(page)).toEqual([]);
    await pages.signIn(page, "/admin/audit-log", admin);
    await heading(page, "Audit log").waitFor();
    expect(await page.title()).toBe("Audit log · SuperIMAP");
    await page.reload();
    await heading(page, "Audit log").waitFor();
  });

  test("sees that the sign-in was refused, with possible reasons", async () => {
    const page = await pages.newPage();
    const admin = await pages.newAdmin();
    await page.goto(`${pages.stack().url}/admin/`);
    await page.getByLabel("E-mail").fill(admin.email);
    await page.getByLabel("Password").fill("a wrong one");
    await button(page, "Sign in").click();
    await page.getByRole("alert").getByText("Three wrong tries lock an account").waitFor();
    expect(await page.getByLabel("E-mail").inputValue()).toBe(admin.email);
    expect(await findPageFaults(page)).toEqual([]);
  });

  test("sees what to do if there is no admin yet", async () => {
    const page = await pages.newPage();
    const detail = "Cannot serve the admin application: npm run admin:create makes one";
    const body = { code: "unavailable", title: "Unavailable", detail };
    await page.route("**/admin/api/session", (route) => route.fulfill({ status: 503, json: body }));
    await page.goto(`${pages.stack().url}/admin/`);
    await page.getByRole("alert").getByText("npm run admin:create").waitFor();
    expect(await findPageFaults(page)).toEqual([]);
  });

  test("signs out, and sees the sign-in form", async () => {
    const { page } = await pages.openAdminPage("/admin/sessions");
    await button(page, "Sign out").click();
    await heading(page, "Sign in to SuperIMAP").waitFor();
    await page.reload();
    await heading(page, "Sign in to SuperIMAP").waitFor();
  });

  test("whose session has ended signs in again and continues at the same page", async () => {
    const { page, admin } = await pages.openAdminPage("/admin/audit-log");
    // Waits for the first answer, so that the next request is the one that "Filter" sends.
    await page.getByRole("row").filter({ hasText: "admin_session.started" }).first().waitFor();
    await pages.stack().query("delete from admin_sessions where admin_id = $1", [admin.id]);
    await page.getByLabel("Actor", { exact: true }).fill("nobody");
    await button(page, "Filter").click();
    await page.getByText("Your session has ended.").waitFor();
    await page.getByLabel("E-mail").fill(admin.email);
    await page.getByLabel("Password").fill(PASSWORD);
    await button(page, "Sign in").click();
    await heading(page, "Audit log").waitFor();
    expect(new URL(page.url()).search).toBe("?actor=nobody");
  });

  test("with a one-time password must set a new one first", async () => {
    const admin = await pages.newAdmin("one_time");
    const page = await pages.newPage();
    await pages.signIn(page, "/admin/sessions", admin);
    await heading(page, "Set a new password").waitFor();
    expect(await findPageFaults(page)).toEqual([]);
    await page.getByLabel("Old password").fill(PASSWORD);
    await page.getByLabel("New password").fill("short");
    await button(page, "Change password").click();
    await page.getByText(/New password must be at least 12/).waitFor();
    expect(await page.getByLabel("New password").getAttribute("aria-invalid")).toBe("true");
    await page.getByLabel("New password").fill("an unusual and long one");
    await button(page, "Change password").click();
    await heading(page, "Sessions").waitFor();
  });

  test("turns on a second factor, signs in with it, and turns it off", async () => {
    const { page, admin } = await pages.openAdminPage("/admin/account");
    await button(page, "Turn on").click();
    const text = await page.locator("dialog code").innerText();
    const secret = decodeBase32IgnorePadding(text.replaceAll(" ", ""));
    expect(await findPageFaults(page)).toEqual([]);
    await page.getByLabel("Code").fill("123");
    await button(page, "Confirm").click();
    await page.getByText("Code is not the code that the app shows now.").waitFor();
    await page.getByLabel("Code").fill(generateTOTP(secret, 30, 6));
    await button(page, "Confirm").click();
    await page.locator(".codes").waitFor();
    const [recoveryCode = "", other = ""] = await page.locator(".codes code").allInnerTexts();
    await button(page, "I have saved them").click();
    await page.getByText("On: each sign-in asks for a code").waitFor();

    await button(page, "Sign out").click();
    await heading(page, "Sign in to SuperIMAP").waitFor();
    await pages.signIn(page, "/admin/account", admin);
    await page.getByLabel("Code").fill(recoveryCode);
    await button(page, "Sign in").click();
    await heading(page, "My account").waitFor();
    await button(page, "Turn off").click();
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByLabel("Code").fill(other);
    await page.locator("dialog").getByRole("button", { name: "Turn off" }).click();
    await page.getByText("Off: the password alone is enough to sign in.").waitFor();
  });
});
