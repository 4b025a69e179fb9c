import { describe, expect, test } from "vitest";
import { answerNextCommand } from "../../connect/answer-next-command.ts";
import { isChromiumMissing } from "../chromium.ts";
import { button, dialog, findRow, press, section } from "./on-page.ts";
import { onPartner } from "./on-partner.ts";
import { useAdminPages } from "./use-admin-pages.ts";

const pages = useAdminPages();

describe.skipIf(isChromiumMissing)("an admin of a partner", () => {
  test("creates a key, uses it for signing, and revokes the old one", async () => {
    const { page, partner } = await onPartner(pages);
    await press(page, "Create a key");
    await press(dialog(page), "Create");
    const key = await dialog(page).locator("code").innerText();
    await press(dialog(page), "I have saved it");
    const fresh = key.slice(0, 10);
    const old = partner.apiKey.slice(0, 10);
    await findRow(page, fresh).getByRole("button", { name: "Use for signing" }).click();
    await press(dialog(page), "Use for signing");
    await findRow(page, fresh).getByText("signing key").waitFor();
    await findRow(page, old).getByRole("button", { name: "Revoke" }).click();
    await press(dialog(page), "Revoke");
    await findRow(page, old)
      .getByText(/^revoked/)
      .waitFor();
  });

  test("pages through its keys, revoked ones too", async () => {
    const { page, partner } = await onPartner(pages);
    await pages.stack().query(
      `insert into api_keys (id, partner_id, prefix, key_hash, sealed_key, revoked_at)
       select 'key_' || lpad(n::text, 22, '0'), $1, 'sk_old' || n, 'hash' || n, 'sealed', now()
       from generate_series(1, 55) n`,
      [partner.id],
    );
    await page.reload();
    const keys = section(page, "API keys");
    await keys.getByText("sk_old50…").waitFor();
    await press(keys, "Next page");
    await findRow(page, partner.apiKey.slice(0, 10)).getByText("signing key").waitFor();
    expect(new URL(page.url()).searchParams.has("keys")).toBe(true);
    await press(keys, "First page");
    await keys.getByText("sk_old1…").waitFor();
  });

  test("rotates the webhook secret, and sees until when the old one signs", async () => {
    const { page } = await onPartner(pages);
    const rotate = async (hours: string) => {
      await press(page, "Rotate the secret");
      await dialog(page).getByLabel("Overlap (hours)").fill(hours);
      await press(dialog(page), "Rotate");
    };
    await rotate("169");
    await page.getByText(/Overlap \(hours\) must be a whole number of hours/).waitFor();
    await dialog(page).getByLabel("Overlap (hours)").fill("2");
    await press(dialog(page), "Rotate");
    const secret = await dialog(page).locator("code").innerText();
    await press(dialog(page), "I have saved it");
    await section(page, "Webhook secret").getByText(secret.slice(0, 10)).waitFor();
    await section(page, "Webhook secret").getByText("also signs").waitFor();
    await rotate("24");
    await dialog(page)
      .getByText(/Cannot rotate: the previous key signs/)
      .waitFor();
    await dialog(page).getByLabel("End the last rotation now").check();
    await press(dialog(page), "Rotate");
    await dialog(page).getByText("Save this secret").waitFor();
  });

  test("creates a signing key, rotates it and removes it", async () => {
    const { page } = await onPartner(pages);
    const keys = section(page, "Signing key (Ed25519)");
    await press(page, "Create a signing key");
    await press(dialog(page), "Create");
    await keys.getByText(/^whpk_/).waitFor();
    const [first = ""] = await keys.locator("code").allInnerTexts();
    await press(page, "Rotate the signing key");
    await press(dialog(page), "Rotate");
    await keys.getByText("also signs").waitFor();
    const [second, before] = await keys.locator("code").allInnerTexts();
    expect([second === first, before]).toEqual([false, first]);
    await press(page, "Remove the signing key");
    await press(dialog(page), "Remove");
    await button(page, "Create a signing key").waitFor();
  });

  test("sends a test webhook and reads the answer", async () => {
    const { page, partner } = await onPartner(pages);
    await pages
      .stack()
      .query("update partners set new_mail_webhook = 'https://hooks.test/new' where id = $1", [
        partner.id,
      ]);
    await page.reload();
    await press(page, "Send a test webhook");
    await dialog(page).getByText("https://hooks.test/new").waitFor();
    await press(dialog(page), "Send");
    await answerNextCommand(pages.stack(), {
      result: "response",
      status: 500,
      answer: "Oh <b>no</b>",
      duration_ms: 12,
    });
    await dialog(page).getByText("Oh <b>no</b>").waitFor();
    await dialog(page).getByText("500", { exact: true }).waitFor();
    await press(dialog(page), "Send another");
    await answerNextCommand(pages.stack(), { result: "failed", error: "refused", duration_ms: 3 });
    await dialog(page).getByText("after 3 ms: refused").waitFor();
    await press(dialog(page), "Send another");
    await answerNextCommand(pages.stack(), { result: "no_webhook" });
    await dialog(page)
      .getByText(/the partner has no webhook for new mail/)
      .waitFor();
  });
});
