import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { REFUSALS, type RefusalCode } from "../../edge/connect/refusals.ts";
import { en } from "../../edge/connect/words/en.ts";
import { isChromiumMissing } from "./chromium.ts";
import { findPageFaults } from "./find-page-faults.ts";
import { useBrowser } from "./use-browser.ts";

const browser = useBrowser();

/** Expects an accessible page that shows the reason for the refusal. */
async function expectRefusal(page: Page, url: string, code: RefusalCode): Promise<void> {
  const { status } = REFUSALS[code];
  const { title, text } = en.refusals[code];
  expect((await page.goto(url))?.status()).toBe(status);
  expect(page.url()).toBe(url);
  expect(await page.title()).toBe(title);
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(title);
  expect(await page.getByText(text).isVisible()).toBe(true);
  expect(await findPageFaults(page)).toEqual([]);
}

/**
 * Consents on the provider's page. Returns the callback address to which the provider redirects the
 * browser. The browser does not open this address.
 */
async function interceptCallback(page: Page, link: string, account: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  // Playwright cannot stop a page's redirects, so this code follows them with requests of its own.
  await page.route("**/consent/*", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    const decided = await route.fetch({ maxRedirects: 0 });
    const resume = decided.headers()["location"] ?? "";
    const resumed = await page.request.get(resume, { maxRedirects: 0 });
    resolve(resumed.headers()["location"] ?? "");
    return route.abort();
  });
  await page.goto(link);
  await page.getByRole("button", { name: "Continue to" }).click();
  await page.getByRole("radio", { name: account }).check();
  await page.getByRole("button", { name: "Allow" }).click();
  return promise;
}

describe.skipIf(isChromiumMissing)("a browser that opens", () => {
  test("a callback works once, in the browser in which it began", async () => {
    const { site } = browser.stack();
    const user = await browser.newUser("oauth2");
    const link = await user.connectLink();
    const page = await browser.newPage();
    const callback = await interceptCallback(page, link, "omar@demo.test");

    const stranger = await browser.newPage();
    await expectRefusal(stranger, callback, "browser");
    // The callback needs the cookie that the browser got on the way from `link` to the provider. A
    // cookie of another link is not enough.
    await stranger.goto(await (await browser.newUser("oauth2")).connectLink());
    await stranger.getByRole("button", { name: "Continue to" }).click();
    await stranger.getByRole("radio", { name: "omar@demo.test" }).waitFor();
    await expectRefusal(stranger, callback, "browser");
    await user.is("new");

    await page.goto(callback);
    expect(page.url()).toBe(site.success);
    await user.webhook("/user_connected");
    await user.is("watching");
    await expectRefusal(page, callback, "spent");
    await expectRefusal(page, link, "spent");
    await user.is("watching");
  });

  test("an expired link shows the reason", async () => {
    const user = await browser.newUser("oauth2");
    await expectRefusal(await browser.newPage(), await user.expiredLink(), "expired");
  });

  test.each(["connect/x.y.z", "disconnect/x.y.z", "connect/%20"])(
    "the made-up address /%s is told so",
    async (path) => {
      const { edge } = browser.stack().stack.addresses;
      await expectRefusal(await browser.newPage(), `${edge}/${path}`, "invalid");
    },
  );

  test("a callback with a foreign state shows the reason", async () => {
    const { edge } = browser.stack().stack.addresses;
    const url = `${edge}/oauth2/callback?code=x&state=y`;
    await expectRefusal(await browser.newPage(), url, "state");
  });

  test("a link without callbacks ends on our own page", async () => {
    const user = await browser.newUser("plain");
    const { login, password } = browser.stack().newMailbox();
    const page = await browser.newPage();
    const [link = ""] = (await user.connectLink()).split("?");
    await page.goto(link);
    await page.getByLabel("Login").fill(login);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByRole("heading", { name: "The account is connected" }).waitFor();
    expect(await findPageFaults(page)).toEqual([]);
  });
});
