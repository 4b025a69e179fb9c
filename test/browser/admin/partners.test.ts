import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { isChromiumMissing } from "../chromium.ts";
import { dialog, findFact, findRow, press, section, title, told } from "./on-page.ts";
import { onPartner } from "./on-partner.ts";
import { useAdminPages } from "./use-admin-pages.ts";

const pages = useAdminPages();

const LOGO = {
  name: "logo.png",
  mimeType: "image/png",
  buffer: Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  ),
};

describe.skipIf(isChromiumMissing)("an admin", () => {
  test("creates a partner, whose secrets are shown once, and sees the next step", async () => {
    const { page } = await pages.openAdminPage("/admin/partners");
    await press(page, "Create a partner");
    await dialog(page).getByLabel("Name").fill("Nora's Notes");
    await dialog(page).getByLabel("Webhook for new mail").fill("nowhere");
    await press(dialog(page), "Create");
    await page.getByText(/Webhook for new mail must be/).waitFor();
    await dialog(page).getByLabel("Webhook for new mail").fill("https://hooks.test/new");
    await press(dialog(page), "Create");
    await dialog(page).getByText("They are not shown again.").waitFor();
    const [key = "", secret = ""] = await dialog(page).locator("code").allInnerTexts();
    expect([key.slice(0, 3), secret.slice(0, 6)]).toEqual(["sk_", "whsec_"]);
    await press(dialog(page), "I have saved them");
    await title(page, "Nora's Notes").waitFor();
    await page.getByText("Next: add a connection").waitFor();
    expect(await page.content()).not.toContain(secret);
  });

  test("finds a partner by the beginning of its name, with its users and deliveries", async () => {
    const { stack } = pages;
    const partner = await stack().newPartner({ name: "Zebra Zoo" });
    await stack().query(
      `insert into lanes (partner_id, state, reason, open_until, in_flight, pending, retrying, instance_id, ingest_paused_at)
       values ($1, 'open', 'it answered 503', now() + interval '5 minutes', 0, 7, 2, 'ins', now())`,
      [partner.id],
    );
    const { page } = await pages.openAdminPage("/admin/partners");
    await page.getByLabel("Name starts with").fill("zebra");
    await press(page, "Filter");
    await findRow(page, "Zebra Zoo").getByText("breaker open").waitFor();
    await findRow(page, "Zebra Zoo").getByText("quota full").waitFor();
    expect(await page.getByRole("row").count()).toBe(2);
    await page.getByRole("link", { name: "Zebra Zoo" }).click();
    await section(page, "Deliveries").getByText("The endpoint fails: it answered 503").waitFor();
    await section(page, "Deliveries")
      .getByText("in 5 min.")
      .or(page.getByText("in 4 min."))
      .waitFor();
    await page.goto(`${stack().url}/admin/partners?name=nobody-has-this-name`);
    await page.getByText("No partner matches").waitFor();
  });

  test("edits the webhooks, each fault at its field", async () => {
    const { page } = await onPartner(pages);
    await press(page, "Edit webhooks");
    await dialog(page).getByLabel("New mail").fill("https://hooks.test/new");
    await dialog(page).getByLabel("Login refused").fill("nowhere");
    await dialog(page).getByLabel("Payload format").selectOption("parsed");
    await dialog(page).getByLabel("One event at a time for each user").check();
    await press(dialog(page), "Save");
    await page.getByText(/Login refused must/).waitFor();
    await dialog(page).getByLabel("Login refused").fill("");
    await dialog(page).getByLabel("Allow plain HTTP").check();
    await press(dialog(page), "Save");
    await told(page, "Webhooks saved.");
    await section(page, "Webhooks").getByText("https://hooks.test/new").waitFor();
    await section(page, "Webhooks").getByText("one event at a time for each user").waitFor();
    await findFact(page, "Payload format").getByText("parsed: subject").waitFor();
    expect(await findFact(page, "Plain HTTP").innerText()).toBe("allowed");
  });

  test("edits the connect pages, and sees the line of a wrong origin", async () => {
    const { page } = await onPartner(pages);
    await press(page, "Edit pages");
    await dialog(page).getByLabel("After success").fill("https://app.test/done");
    await dialog(page).getByLabel("Allowed origins").fill("https://app.test\nhttps://app.test/x");
    await press(dialog(page), "Save");
    await page.getByText(/Line 2 must be an origin/).waitFor();
    await dialog(page).getByLabel("Allowed origins").fill("https://app.test\nhttp://localhost:1");
    await dialog(page).getByLabel("Accent color").fill("#ffcc00");
    await press(dialog(page), "Save");
    await page.getByText(/Accent color must have a contrast of at least 4.5:1/).waitFor();
    await dialog(page).getByLabel("Accent color").fill("#7f1d1d");
    await dialog(page).getByLabel("Logo").setInputFiles(LOGO);
    await dialog(page).getByLabel("Ask for consent before the provider").uncheck();
    await dialog(page).getByLabel("Offer other providers").check();
    await press(dialog(page), "Save");
    await section(page, "Connect pages").getByRole("img", { name: "The logo" }).waitFor();
    await section(page, "Connect pages").getByText("#7f1d1d").waitFor();
    expect(await findFact(page, "Before an OAuth provider").innerText()).toBe("nothing");
    expect(await findFact(page, "Other providers").innerText()).toBe("offered");
    await section(page, "Connect pages").getByText("https://app.test/done").waitFor();
    await section(page, "Connect pages").getByText("http://localhost:1").waitFor();
  });

  test("renames a partner", async () => {
    const { page } = await onPartner(pages);
    await press(page, "Rename");
    await dialog(page).getByLabel("Name").fill("x".repeat(101));
    await press(dialog(page), "Save");
    await page.getByText("Name must be at most 100 characters long.").waitFor();
    await dialog(page).getByLabel("Name").fill("Renamed Partner");
    await press(dialog(page), "Save");
    await title(page, "Renamed Partner").waitFor();
    expect(await page.title()).toBe("Renamed Partner · SuperIMAP");
  });

  test("pauses the deliveries and resumes them", async () => {
    const { page } = await onPartner(pages);
    await press(page, "Pause");
    await press(dialog(page), "Pause");
    await section(page, "Deliveries").getByText("by an admin").waitFor();
    await press(page, "Resume");
    await dialog(page).getByText("An administrator paused it.").waitFor();
    await press(dialog(page), "Resume");
    await section(page, "Deliveries").getByText("unreported", { exact: true }).waitFor();
  });

  test("deletes a partner that has nothing by typing its name", async () => {
    const { page, partner } = await onPartner(pages);
    await press(page, "Delete");
    await dialog(page).getByLabel(`Type ${partner.name} to confirm`).fill("another");
    await press(dialog(page), "Delete");
    await page.getByText(`must be ${partner.name}`).waitFor();
    await dialog(page).getByLabel(`Type ${partner.name} to confirm`).fill(partner.name);
    await press(dialog(page), "Delete");
    await title(page, "Partners").waitFor();
    await told(page, `${partner.name} deleted.`);
  });

  test("sees the progress and the end of the removal of a partner with users", async () => {
    const { stack } = pages;
    const { page, partner } = await onPartner(pages);
    const api = pages.newBrowser();
    const admin = await pages.newAdmin();
    await api.signIn(admin.email);
    const body = { imap_provider_code: "PLAIN" };
    await api.call("POST", `/partners/${partner.id}/connections`, { body });
    await stack().query(
      `insert into users (id, connection_id, tag)
       select 'usr_' || repeat('0', 22), id, 'one' from partner_connections where partner_id = $1`,
      [partner.id],
    );
    await press(page, "Delete");
    await dialog(page).getByLabel(`Type ${partner.name} to confirm`).fill(partner.name);
    await press(dialog(page), "Delete");
    await page.getByText("0 of 1 users").waitFor();
    // The fleet deletes users in the background. These statements simulate it.
    await stack().query("update purges set done = 1 where partner_id = $1", [partner.id]);
    await page.getByText("1 of 1 users").waitFor();
    await stack().query("delete from users where tag = 'one'");
    await stack().query("delete from purges where partner_id = $1", [partner.id]);
    await stack().query("delete from partner_connections where partner_id = $1", [partner.id]);
    await stack().query("delete from partners where id = $1", [partner.id]);
    await page.getByText("The partner and all its data are deleted").waitFor();
  });

  test("sees that a partner does not exist", async () => {
    const { page } = await pages.openAdminPage("/admin/partners/prt_0000000000000000000000");
    await page.getByRole("alert").getByText("Cannot find the partner").waitFor();
  });
});
