import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";

import { sendMail } from "../../dev/seed/send-mail.ts";
import { en } from "../../edge/connect/words/en.ts";
import { isChromiumMissing } from "./chromium.ts";
import { findPageFaults } from "./find-page-faults.ts";
import { useBrowser } from "./use-browser.ts";

const browser = useBrowser();

/** Opens the link, and presses the button that leads to the provider's consent page. */
async function openConsent(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole("button", { name: "Continue to" }).click();
  await page.getByRole("heading", { name: "demo-partner asks for access to your mail" }).waitFor();
}

const allow = (page: Page) => page.getByRole("button", { name: "Allow" }).click();

/** Waits for the redirect to the partner's failure page, and returns its query parameters. */
async function readFailedPage(page: Page) {
  await page.waitForURL(`${browser.stack().site.origin}/failed?**`);
  return Object.fromEntries(new URL(page.url()).searchParams);
}

describe.skipIf(isChromiumMissing)("a person with an OAuth account", () => {
  test("connects it, has mail delivered, and disconnects it", async () => {
    const { stack, site } = browser.stack();
    const user = await browser.newUser("oauth2");
    const page = await browser.newPage();
    await openConsent(page, await user.connectLink());
    await page.getByRole("radio", { name: "olga@demo.test" }).check();
    await allow(page);
    await page.waitForURL(site.success);
    const connected = await user.webhook("/user_connected", "olga@demo.test");
    expect(connected.verified).toBe(true);

    await user.is("watching");
    const subject = `For ${user.tag}`;
    await sendMail(stack.addresses.smtp, { to: "olga@demo.test", subject, text: "It works." });
    expect((await user.webhook("/new_mail", subject)).verified).toBe(true);

    const disconnectLink = await user.disconnectLink();
    await page.goto(disconnectLink);
    expect(await page.title()).toBe("Disconnect olga@demo.test");
    expect(await findPageFaults(page)).toEqual([]);
    await page.getByRole("link", { name: "Keep it connected" }).click();
    await page.waitForURL(site.failure);
    await page.goto(disconnectLink);
    await page.getByRole("button", { name: "Disconnect" }).click();
    await page.waitForURL(site.success);
    expect((await user.webhook("/user_disconnected")).verified).toBe(true);
    await user.is("new");
    await page.goto(disconnectLink);
    expect(await page.title()).toBe("This link has already been used");
  });

  test.each([
    ["with JavaScript", true],
    ["without JavaScript", false],
  ])("reads what the partner receives, and goes on by keyboard, %s", async (_how, hasScript) => {
    const user = await browser.newUser("oauth2");
    const page = await browser.newPage({
      ...{ javaScriptEnabled: hasScript, viewport: { width: 320, height: 640 } },
    });
    await page.goto(await user.connectLink());
    await page.getByText(en.consent.newMail).waitFor();
    if (hasScript) {
      expect(await findPageFaults(page)).toEqual([]);
      const width = await page.evaluate<number>("document.documentElement.scrollWidth");
      expect(width).toBeLessThanOrEqual(320);
      await page.emulateMedia({ forcedColors: "active" });
      expect(await findPageFaults(page)).toEqual([]);
    }
    await page.keyboard.press("Tab");
    const button = page.getByRole("button", { name: "Continue to" });
    expect(await button.evaluate((element) => element.matches(":focus-visible"))).toBe(true);
    await page.keyboard.press("Enter");
    await page.getByRole("radio", { name: "olga@demo.test" }).waitFor();
  });

  test("cancels before the provider, and the partner gets the error", async () => {
    const user = await browser.newUser("oauth2");
    const page = await browser.newPage();
    await page.goto(await user.connectLink());
    await page.getByRole("link", { name: "Cancel" }).click();
    expect(await readFailedPage(page)).toMatchObject({ error: "access_denied" });
    await user.is("new");
  });

  test("refuses, and the partner gets the error", async () => {
    const user = await browser.newUser("oauth2");
    const page = await browser.newPage();
    await openConsent(page, await user.connectLink());
    expect(await findPageFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Refuse" }).click();
    expect(await readFailedPage(page)).toEqual({
      from: "test",
      error: "access_denied",
      error_description: en.failures.access_denied,
    });
    await user.is("new");
  });

  test("leaves mail unticked, is sent back, and may try the same link again", async () => {
    const user = await browser.newUser("oauth2");
    const link = await user.connectLink();
    const page = await browser.newPage();
    await openConsent(page, link);
    await page.getByRole("checkbox", { name: "Read your mail" }).uncheck();
    await allow(page);
    expect(await readFailedPage(page)).toMatchObject({
      error: "insufficient_scope",
      error_description: en.failures.insufficient_scope,
    });
    await user.is("new");
    await openConsent(page, link);
  });
});
