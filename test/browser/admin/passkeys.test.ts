import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";
import { PASSWORD, useAdmin } from "../../admin/use-admin.ts";
import { isChromiumMissing } from "../chromium.ts";
import { findPageFaults } from "../find-page-faults.ts";
import { usePages } from "../use-pages.ts";

/**
 * Passkeys belong to a host name, and the edge listens at an IP address: this server at `localhost`
 * passes connections on.
 */
const front = createServer((client) => {
  const edge = connect({ host: "127.0.0.1", port: Number(new URL(admins.stack().url).port) });
  client.on("error", () => edge.destroy());
  edge.on("error", () => client.destroy());
  client.pipe(edge).pipe(client);
}).listen(0, "localhost");
await once(front, "listening");
const address = front.address();
const OWN = `http://localhost:${typeof address === "object" ? address?.port : ""}`;
const admins = useAdmin({ PUBLIC_URL: OWN });
const newPage = usePages();
afterAll(() => void front.close());

const dialog = (page: Page) => page.getByRole("dialog");

/** Opens a page with Chromium's virtual authenticator. */
async function openWithAuthenticator(path: string): Promise<Page> {
  const page = await newPage();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await page.goto(`${OWN}${path}`);
  return page;
}

async function signInWithPassword(page: Page, email: string) {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

const pressPasskey = (page: Page) =>
  page.getByRole("button", { name: "Sign in with a passkey" }).click();

describe.skipIf(isChromiumMissing)("an admin", () => {
  test("adds a passkey, signs in with it alone, and removes it", async () => {
    const { email, id } = await admins.newAdmin();
    const page = await openWithAuthenticator("/admin/account");
    await signInWithPassword(page, email);
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await dialog(page).getByLabel("Name").fill("Laptop");
    await dialog(page).getByLabel("Password").fill("not my password");
    await dialog(page).getByRole("button", { name: "Continue" }).click();
    await page.getByText("Password is wrong.").waitFor();
    await dialog(page).getByLabel("Password").fill(PASSWORD);
    expect(await findPageFaults(page)).toEqual([]);
    await dialog(page).getByRole("button", { name: "Continue" }).click();
    await page.getByRole("status").getByText("Passkey added.").waitFor();

    await page.getByRole("button", { name: "Sign out" }).click();
    await signInWithPassword(page, email);
    await page.getByText("sign in with your passkey").waitFor();
    const signedIn = page.waitForRequest((request) => request.url().endsWith("/session/passkey"));
    await pressPasskey(page);
    await page.getByRole("row").filter({ hasText: "Laptop" }).waitFor();

    // Without the counter, only the challenge says that this answer was used before.
    const stack = admins.stack();
    await stack.query("update admin_passkeys set counter = 0 where admin_id = $1", [id]);
    const sent: unknown = (await signedIn).postDataJSON();
    const again = await admins.newBrowser().call("POST", "/session/passkey", { body: sent });
    expect(again).toMatchObject({ status: 401, body: { code: "sign-in-refused" } });

    // A counter that goes back is the sign of a copied passkey.
    await stack.query("update admin_passkeys set counter = 1000 where admin_id = $1", [id]);
    await page.getByRole("button", { name: "Sign out" }).click();
    await pressPasskey(page);
    await page.getByText("its answer is not valid").waitFor();
    await stack.query("update admin_passkeys set counter = 0 where admin_id = $1", [id]);

    await pressPasskey(page);
    const row = page.getByRole("row").filter({ hasText: "Laptop" });
    await row.getByRole("button", { name: "Remove" }).click();
    await dialog(page).getByLabel("Password").fill(PASSWORD);
    await dialog(page).getByRole("button", { name: "Remove" }).click();
    await page.getByRole("status").getByText("Laptop removed.").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await pressPasskey(page);
    await page.getByText("the passkey is not known here").waitFor();
    await signInWithPassword(page, email);
    await page.getByText("No passkeys").waitFor();
    const audit = await stack.query(
      "select action from audit_log where subject_type = 'admin_passkey' order by id",
    );
    expect(audit.map(({ action }) => action)).toEqual([
      "admin_passkey.added",
      "admin_passkey.removed",
    ]);
  });
});
