import { describe, expect, test } from "vitest";
import { isChromiumMissing } from "../chromium.ts";
import { dialog, findRow, press, section, title, told } from "./on-page.ts";
import { useAdminPages } from "./use-admin-pages.ts";

const pages = useAdminPages();

describe.skipIf(isChromiumMissing)("an admin", () => {
  test("sees all providers, and looks at one", async () => {
    const { page } = await pages.openAdminPage("/admin/providers");
    await findRow(page, "OUTLOOK_OAUTH2").getByText("outlook.office365.com:993").waitFor();
    await findRow(page, "GMAIL_OAUTH1").getByText("disabled").waitFor();
    await page.getByRole("link", { name: "Gmail (OAuth 1.0a)" }).click();
    await title(page, "Gmail (OAuth 1.0a)").waitFor();
    await page.getByText(/Google ended OAuth 1.0a/).waitFor();
  });

  test("adds one that takes passwords, each fault at its field", async () => {
    const { page } = await pages.openAdminPage("/admin/providers");
    await page.getByRole("button", { name: "Add a provider" }).click();
    await title(page, "Add a provider").waitFor();
    await page.getByLabel("Code").fill("MAIL");
    await page.getByLabel("Title").fill("Example Mail");
    await page.getByLabel("IMAP host").fill("imap.example.com");
    await page.getByLabel("IMAP port").fill("70000");
    await page.getByLabel("Page with more help").fill("help");
    await press(page, "Add");
    await page.getByText("IMAP port must be a whole number from 1 to 65535.").waitFor();
    await page.getByText(/Page with more help must be an address/).waitFor();
    expect(await page.getByLabel("IMAP port").evaluate((field) => field.matches(":focus"))).toBe(
      true,
    );
    await page.getByLabel("IMAP port").fill("143");
    await page.getByLabel("IMAP security").selectOption("starttls");
    await page.getByLabel("Page with more help").fill("");
    await page.getByLabel("Each user may have its own host").check();
    await press(page, "Add");
    await title(page, "Example Mail").waitFor();
    await section(page, "Details").getByText("login and password").waitFor();
    expect(await page.getByLabel("IMAP port").inputValue()).toBe("143");
    expect(await page.getByLabel("Each user may have its own host").isChecked()).toBe(true);

    await page.goto(`${pages.stack().url}/admin/providers/new`);
    await page.getByLabel("Code").fill("MAIL");
    await page.getByLabel("Title").fill("Another");
    await page.getByLabel("IMAP host").fill("imap.example.com");
    await press(page, "Add");
    await page.getByText("Code belongs to another provider.").waitFor();
  });

  test("starts from presets for Gmail and Outlook", async () => {
    const { page } = await pages.openAdminPage("/admin/providers/new");
    for (const [preset, host] of [
      ["Gmail", "imap.gmail.com"],
      ["Outlook", "outlook.office365.com"],
    ] as const) {
      await page.getByRole("link", { name: preset, exact: true }).click();
      await page.getByText("Authorization endpoint").waitFor();
      await page
        .getByLabel("Title")
        .and(page.locator(`[value='${preset}']`))
        .waitFor();
      expect(await page.getByLabel("IMAP host").inputValue()).toBe(host);
      await page.getByLabel("Code").fill(`MY_${preset.toUpperCase()}`);
      await press(page, "Add");
      await title(page, preset).waitFor();
      await section(page, "Details").getByText("OAuth 2", { exact: true }).waitFor();
      await page.goto(`${pages.stack().url}/admin/providers/new`);
    }
    await page.getByRole("link", { name: "OAuth 1.0a" }).click();
    await page.getByText("Request token endpoint").waitFor();
  });

  test("sees the missing fields of an OAuth 2 provider", async () => {
    const { page } = await pages.openAdminPage("/admin/providers/new?preset=oauth2");
    await page.getByLabel("Code").fill("SOME_OAUTH2");
    await page.getByLabel("Title").fill("Some");
    await page.getByLabel("IMAP host").fill("imap.example.com");
    await page.getByLabel("Authorization endpoint").fill("https://x.test/authorize");
    await page.getByLabel("Token endpoint").fill("http://x.test/token");
    await page.getByLabel("More parameters").fill("prompt=consent\naccess_type");
    await press(page, "Add");
    await page.getByText(/Token endpoint must be an address that begins with https/).waitFor();
    await page.getByText("“access_type” must not be blank.").waitFor();
    await page.getByLabel("Token endpoint").fill("https://x.test/token");
    await page.getByLabel("More parameters").fill("prompt=consent");
    await press(page, "Add");
    await page.getByText(/Userinfo endpoint is missing/).waitFor();
    await page.getByLabel("Userinfo endpoint").fill("https://x.test/userinfo");
    await press(page, "Add");
    await title(page, "Some").waitFor();
    expect(await page.getByLabel("More parameters").inputValue()).toBe("prompt=consent");
  });

  test("edits a provider, disables it with a reason, and enables it", async () => {
    const { page } = await pages.openAdminPage("/admin/providers/prv_fastmail");
    await page.getByLabel("IDLE refresh (minutes)").fill("30");
    await press(page, "Save");
    await page.getByText("IDLE refresh (minutes) must be a whole number from 1 to 29.").waitFor();
    await page.getByLabel("IDLE refresh (minutes)").fill("5");
    await page.getByLabel("Login limit per second (whole fleet)").fill("3");
    await press(page, "Save");
    await told(page, "Provider saved.");
    await page.reload();
    await title(page, "Fastmail").waitFor();
    expect(await page.getByLabel("IDLE refresh (minutes)").inputValue()).toBe("5");
    expect(await page.getByLabel("Login limit per second (whole fleet)").inputValue()).toBe("3");

    await press(page, "Disable");
    await dialog(page).getByLabel("Reason").fill("It is being moved.");
    await press(dialog(page), "Disable");
    await section(page, "Details").getByText("It is being moved.").waitFor();
    await press(page, "Enable");
    await press(dialog(page), "Enable");
    await section(page, "Details").getByText("enabled").waitFor();
    expect(await page.getByText("It is being moved.").count()).toBe(0);
  });

  test("sees that a provider does not exist", async () => {
    const { page } = await pages.openAdminPage("/admin/providers/prv_nobody");
    await page.getByRole("alert").getByText("Cannot find the provider").waitFor();
  });
});
