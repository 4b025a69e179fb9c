import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { sendMail } from "../../dev/seed/send-mail.ts";
import { en } from "../../edge/connect/words/en.ts";
import { PAGE_WORDS } from "../../edge/connect/words/words.ts";
import { reasonText } from "../../shared/users/reasons.ts";
import { isChromiumMissing } from "./chromium.ts";
import { findPageFaults } from "./find-page-faults.ts";
import { useBrowser } from "./use-browser.ts";

const browser = useBrowser();

const loginField = (page: Page) => page.getByLabel("Login");
const passwordField = (page: Page) => page.getByLabel("Password");

async function send(page: Page, login: string, password: string): Promise<void> {
  await loginField(page).fill(login);
  await passwordField(page).fill(password);
  await passwordField(page).press("Enter");
}

describe.skipIf(isChromiumMissing)("a person with a plain account", () => {
  test.each([
    ["with JavaScript", true],
    ["without JavaScript", false],
  ])("sees that the password is wrong, and connects, %s", async (_how, hasScript) => {
    const { stack, site, newMailbox } = browser.stack();
    const { login, password, address } = newMailbox();
    const user = await browser.newUser("plain");
    const page = await browser.newPage({ javaScriptEnabled: hasScript });
    await page.goto(await user.connectLink());
    await send(page, login, "not the password");
    const fault = page.getByText(reasonText("wrong_password"));
    await fault.waitFor();
    expect(await page.title()).toMatch(/^Error: Connect /);
    expect(await passwordField(page).getAttribute("aria-describedby")).toBe(
      await fault.getAttribute("id"),
    );
    expect(await loginField(page).inputValue()).toBe(login);
    expect(await passwordField(page).inputValue()).toBe("");
    await user.is("new");

    await send(page, login, password);
    await page.waitForURL(site.success);
    expect((await user.webhook("/user_connected")).verified).toBe(true);
    await user.is("watching");
    const subject = `For ${user.tag}`;
    await sendMail(stack.addresses.smtp, { to: address, subject, text: "It works." });
    expect((await user.webhook("/new_mail", subject)).verified).toBe(true);
  });

  test("fills in a form that has no fault, in light and in dark", async () => {
    const user = await browser.newUser("plain");
    const page = await browser.newPage();
    await page.goto(await user.connectLink());
    expect(await findPageFaults(page)).toEqual([]);
    await send(page, "nobody", "not the password");
    await page.getByText(reasonText("wrong_password")).waitFor();
    expect(await findPageFaults(page)).toEqual([]);
    const paper = () => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    await page.emulateMedia({ colorScheme: "light" });
    const light = await paper();
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await paper()).not.toBe(light);
  });

  test("reads the form in German on a narrow screen", async () => {
    const user = await browser.newUser("own-server");
    const page = await browser.newPage({
      locale: "de-DE",
      viewport: { width: 320, height: 640 },
    });
    await page.goto(await user.connectLink());
    await page.getByRole("button", { name: PAGE_WORDS.de.form.submit }).waitFor();
    const width = await page.evaluate<number>("document.documentElement.scrollWidth");
    expect(width).toBeLessThanOrEqual(320);
    await page.emulateMedia({ forcedColors: "active" });
    expect(await findPageFaults(page)).toEqual([]);
  });

  test("is offered the provider of the address, and goes there instead", async () => {
    const user = await browser.newUser("own-server");
    const other = await browser.newUser("oauth2", user.tag);
    const page = await browser.newPage({ viewport: { width: 320, height: 640 } });
    await page.goto(await user.connectLink());
    await send(page, "me@outlook.com", "a password");
    await page.getByText("Outlook does not accept passwords").waitFor();
    expect(await page.getByLabel("Mail server").inputValue()).toBe("outlook.office365.com");
    expect(await passwordField(page).inputValue()).toBe("");
    expect(await findPageFaults(page)).toEqual([]);
    const width = await page.evaluate<number>("document.documentElement.scrollWidth");
    expect(width).toBeLessThanOrEqual(320);
    await page.getByRole("link", { name: "Demo provider" }).click();
    await page.getByRole("button", { name: "Continue to" }).click();
    await page.getByRole("radio", { name: "olga@demo.test" }).check();
    await page.getByRole("button", { name: "Allow" }).click();
    await page.waitForURL(browser.stack().site.success);
    await other.is("watching");
    await user.is("new");
  });

  test("cannot submit the form with an empty field", async () => {
    const user = await browser.newUser("plain");
    const page = await browser.newPage();
    const link = await user.connectLink();
    await page.goto(link);
    await loginField(page).fill("somebody");
    await page.getByRole("button", { name: "Connect" }).click();
    expect(await passwordField(page).evaluate((field) => field.matches(":invalid:focus"))).toBe(
      true,
    );
    expect(page.url()).toBe(link);
  });

  test("cancels, and the partner gets the error", async () => {
    const { site } = browser.stack();
    const user = await browser.newUser("plain");
    const page = await browser.newPage();
    await page.goto(await user.connectLink());
    await page.getByRole("link", { name: "Cancel" }).click();
    await page.waitForURL(`${site.origin}/failed?**`);
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toMatchObject({
      error: "access_denied",
      error_description: en.failures.access_denied,
    });
    await user.is("new");
  });
});
