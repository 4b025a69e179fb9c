import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { sendMail } from "../../dev/seed/send-mail.ts";
import { en } from "../../edge/connect/words/en.ts";
import { WORDS } from "../../edge/connect/words/words.ts";
import { reasonText } from "../../shared/users/reasons.ts";
import { eventually } from "../harness/eventually.ts";
import { isChromiumMissing } from "./chromium.ts";
import { findPageFaults } from "./find-page-faults.ts";
import { startSilentServer } from "./silent-server.ts";
import { useBrowser } from "./use-browser.ts";

const browser = useBrowser();

const loginField = (page: Page) => page.getByLabel("Login");
const passwordField = (page: Page) => page.getByLabel("Password");

async function send(page: Page, login: string, password: string): Promise<void> {
  await loginField(page).fill(login);
  await passwordField(page).fill(password);
  await passwordField(page).press("Enter");
}

/**
 * Waits until the browser shows the progress of the login, and returns the page. Playwright's own
 * functions would wait for the page that this page loads next.
 */
async function readProgress(page: Page): Promise<string> {
  const cdp = await page.context().newCDPSession(page);
  return eventually("the progress", async () => {
    const expression = "document.documentElement.outerHTML";
    const { result } = await cdp.send("Runtime.evaluate", { expression });
    const shown = String(result.value);
    return shown.includes(`<h1>${en.trying.title}</h1>`) ? shown : undefined;
  });
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

  test("sees the progress while a slow mail server is tried, and then the reason", async () => {
    await using server = await startSilentServer();
    const user = await browser.newUser("own-server");
    const page = await browser.newPage();
    await page.goto(await user.connectLink());
    await loginField(page).fill("somebody");
    await page.getByLabel("Mail server").fill("127.0.0.1");
    await page.getByLabel("Port").fill(String(server.port));
    await passwordField(page).fill("a password");
    await passwordField(page).press("Enter");
    const progress = await readProgress(page);
    expect(progress).toContain("Logging in to <bdi>127.0.0.1</bdi>.");
    await server[Symbol.asyncDispose]();
    await page.locator(".wrong").waitFor();
    expect(await page.title()).toMatch(/^Error: /);
    expect(await page.getByLabel("Mail server").inputValue()).toBe("127.0.0.1");
    await user.is("new");

    const copy = await browser.newPage();
    await copy.setContent(progress.replace(/<meta http-equiv="refresh"[^>]*>/, ""));
    expect(await findPageFaults(copy)).toEqual([]);
  });

  test("reads the form in German on a narrow screen", async () => {
    const user = await browser.newUser("own-server");
    const page = await browser.newPage({
      locale: "de-DE",
      viewport: { width: 320, height: 640 },
    });
    await page.goto(await user.connectLink());
    await page.getByRole("button", { name: WORDS.de.form.submit }).waitFor();
    const width = await page.evaluate<number>("document.documentElement.scrollWidth");
    expect(width).toBeLessThanOrEqual(320);
    await page.emulateMedia({ forcedColors: "active" });
    expect(await findPageFaults(page)).toEqual([]);
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
