import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { isChromiumMissing } from "../chromium.ts";
import { button, dialog, findRow, press, section, title } from "./on-page.ts";
import { useAdminPages } from "./use-admin-pages.ts";

const pages = useAdminPages();
const withId = v.object({ id: v.string() });
const SECRET = "GOCSPX-do-not-show-me";

/** Creates a connection for a new partner, and opens the connection's page. */
async function onConnection(code: string, fields: object = {}) {
  const partner = await pages.stack().newPartner({ name: "Ada & Co" });
  const { browser } = await pages.signedIn();
  const path = `/partners/${partner.id}/connections`;
  const body = { imap_provider_code: code, ...fields };
  const { id } = v.parse(withId, (await browser.call("POST", path, { body })).body);
  const { page } = await pages.openAdminPage(`/admin/connections/${id}`);
  await button(page, "Delete").waitFor();
  return { page, partner, id, browser };
}

describe.skipIf(isChromiumMissing)("an admin", () => {
  test("adds connections to a partner, one for each provider", async () => {
    const partner = await pages.stack().newPartner({ name: "Bertas Bookings" });
    const { page } = await pages.openAdminPage(`/admin/partners/${partner.id}`);
    await section(page, "Connections").getByText("No connections yet").waitFor();
    const add = async (code: string) => {
      await press(page, "Add a connection");
      await dialog(page).getByLabel("Provider").selectOption(code);
    };
    await add("GMAIL_OAUTH2");
    await dialog(page).getByText("/oauth2/callback").waitFor();
    await dialog(page).getByLabel("Client id").fill("client");
    await dialog(page).getByLabel("Client secret").fill("x".repeat(1_025));
    await press(dialog(page), "Add");
    await page.getByText("Client secret must be at most 1024 characters long.").waitFor();
    await dialog(page).getByLabel("Client secret").fill(SECRET);
    await press(dialog(page), "Add");
    await findRow(page, "Gmail").getByText("secret set").waitFor();
    await page.getByText("Next: set the webhook").waitFor();
    expect(await page.content()).not.toContain(SECRET);

    await add("GMAIL_OAUTH2");
    await press(dialog(page), "Add");
    await page.getByText("Provider has a connection already.").waitFor();
    await dialog(page).getByLabel("Provider").selectOption("PLAIN");
    await dialog(page).getByText("Nothing to set").waitFor();
    await press(dialog(page), "Add");
    await findRow(page, "Plain IMAP").getByText("needs none").waitFor();
    await page.getByRole("link", { name: "Plain IMAP (demo server)" }).click();
    await title(page, "Plain IMAP (demo server)").waitFor();
    await section(page, "Users").getByText("No users yet").waitFor();
  });

  test("changes the OAuth client, keeps its secret, and forgets it", async () => {
    const { page } = await onConnection("GMAIL_OAUTH2", {
      oauth2_client_id: "client",
      oauth2_client_secret: SECRET,
    });
    await section(page, "What it connects").getByRole("link", { name: "Ada & Co" }).waitFor();
    await section(page, "What it connects").getByText("secret set").waitFor();
    await press(page, "Edit the OAuth client");
    expect(await dialog(page).getByLabel("Client secret").inputValue()).toBe("");
    await dialog(page).getByLabel("Client id").fill("x".repeat(513));
    await press(dialog(page), "Save");
    await page.getByText("Client id must be at most 512 characters long.").waitFor();
    await dialog(page).getByLabel("Client id").fill("other");
    await press(dialog(page), "Save");
    await section(page, "What it connects").getByText("other", { exact: true }).waitFor();
    await section(page, "What it connects").getByText("secret set").waitFor();
    await press(page, "Edit the OAuth client");
    await dialog(page).getByLabel("Delete the secret").check();
    await press(dialog(page), "Save");
    await section(page, "What it connects").getByText("secret not set").waitFor();
    expect(await page.content()).not.toContain(SECRET);
  });

  test("sees that a provider is disabled", async () => {
    const { page, id } = await onConnection("FASTMAIL");
    await pages.stack().query(
      `update imap_providers set enabled = false where id =
         (select provider_id from partner_connections where id = $1)`,
      [id],
    );
    await page.reload();
    await page.getByText("The provider is switched off.").waitFor();
  });

  test("deletes a connection by typing its code, and sees the progress", async () => {
    const { page, id, browser } = await onConnection("PLAIN");
    await browser.call("POST", `/connections/${id}/users`, { body: { tag: "one" } });
    await page.reload();
    const users = page.getByRole("link", { name: "One user" });
    expect(await users.getAttribute("href")).toBe(`/admin/users?connection_id=${id}`);
    await press(page, "Delete");
    await dialog(page).getByLabel("Type PLAIN to confirm").fill("plain");
    await press(dialog(page), "Delete");
    await page.getByText("must be PLAIN").waitFor();
    await dialog(page).getByLabel("Type PLAIN to confirm").fill("PLAIN");
    await press(dialog(page), "Delete");
    await title(page, "Deleting a connection").waitFor();
    await page.getByText("0 of 1 users").waitFor();
    await page.reload();
    await page.getByText("0 of 1 users").waitFor();
    // The fleet deletes users in the background. This statement simulates it.
    await pages
      .stack()
      .query(
        "update purges set done = 1, state = 'finished', finished_at = now() where connection_id = $1",
        [id],
      );
    await page.getByText("The connection and all its data are deleted.").waitFor();
    await page.getByText("1 of 1 users").waitFor();
  });

  test("sees that a connection does not exist", async () => {
    const { page } = await pages.openAdminPage("/admin/connections/con_0000000000000000000000");
    await page.getByRole("alert").getByText("Cannot find the connection").waitFor();
  });
});
