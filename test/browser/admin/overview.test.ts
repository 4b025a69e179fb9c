import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { insertAttempt, insertMail, newTrafficUser } from "../../admin/traffic/traffic-rows.ts";
import { insertLetter } from "../../edge/webhooks/insert-letter.ts";
import { isChromiumMissing } from "../chromium.ts";
import { findPageFaults } from "../find-page-faults.ts";
import { useAdminPages } from "./use-admin-pages.ts";

const pages = useAdminPages();

const query = (sql: string, values?: unknown[]) => pages.stack().query(sql, values);
const beat = (id: string, age = "0 seconds") =>
  query(
    `insert into fleet_instances (id, role, state, capacity, users_held, heartbeat_at, version, region, nats_version)
     values ($1, 'all', 'up', 5000, 1200, now() - $2::interval, '1.2.3', 'fra', '2.12.2')
     on conflict (id) do update set heartbeat_at = excluded.heartbeat_at`,
    [id, age],
  );
const problem = (page: Page, text: string) =>
  page.getByRole("region", { name: "Problems" }).getByText(text);
const chart = (page: Page, title: string) =>
  page.getByRole("figure").filter({ hasText: title }).locator(".chart-place");
/** Waits until the chart with this title is drawn, and returns its element. */
const drawn = async (page: Page, title: string) => {
  const place = chart(page, title);
  await place.locator("canvas").waitFor();
  return place;
};
/** Returns whether the first chart contains a pixel of the colour that its legend shows now. */
const hasItsColour = (page: Page) =>
  page.evaluate<boolean>(`(() => {
    const { color } = getComputedStyle(document.querySelector(".chart i"));
    const [red, green, blue] = color.match(/[0-9]+/g).map(Number);
    const canvas = document.querySelector(".chart canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const isPixel = (at) => data[at] === red && data[at + 1] === green && data[at + 2] === blue && data[at + 3] === 255;
    return Array.from({ length: data.length / 4 }, (_, pixel) => 4 * pixel).some(isPixel);
  })()`);

describe.skipIf(isChromiumMissing)("the overview", () => {
  test("shows the first steps in an installation without users", async () => {
    const { page } = await pages.openAdminPage("/admin/");
    await page.getByRole("heading", { name: "First steps" }).waitFor();
    await problem(page, "No fleet instance that watches mailboxes is running").waitFor();
    await page.getByText("No fleet instance is running").waitFor();
    await drawn(page, "Per minute");
    expect(await findPageFaults(page)).toEqual([]);
    await page.getByRole("link", { name: "Add one" }).click();
    await page.waitForURL("**/admin/partners");
  });

  test("shows the fleet, the users and the traffic, with links to the details", async () => {
    const user = await newTrafficUser(pages.stack());
    await query("update users set state = 'watching' where id = $1", [user.id]);
    await beat("machine-1");
    const at = "now() - interval '1 minute'";
    const eventId = await insertMail(pages.stack(), user, { at });
    const delivered = { outcome: "delivered", status: 200, at, eventAt: at };
    await insertAttempt(pages.stack(), user, { eventId, ...delivered });
    await insertMail(pages.stack(), user, { state: "queued", at: "now() - interval '8 minutes'" });
    await insertLetter(pages.stack(), { id: user.partnerId });

    const { page } = await pages.openAdminPage("/admin/");
    const row = page.getByRole("row").filter({ hasText: "machine-1" });
    for (const text of ["up", "watches and delivers", "fra", "1,200 of 5,000", "1.2.3", "2.12.2"]) {
      await row.getByText(text, { exact: true }).waitFor();
    }
    await page.getByText("of 1 to watch").waitFor();
    await page.getByText("8 min. ago").waitFor();
    await page.getByText("p99 120 ms").first().waitFor();
    expect(await page.getByRole("heading", { name: "First steps" }).count()).toBe(0);
    const told = await (await drawn(page, "Per minute")).getAttribute("aria-label");
    expect(told).toMatch(/mails: .* 1 at most.* webhooks: .* 1 at most.* failed: 0 at the end/);
    expect(await findPageFaults(page)).toEqual([]);

    const hrefs = [
      [{ name: user.partnerName }, `/admin/partners/${user.partnerId}`],
      [{ name: "View them" }, "/admin/dead-letters"],
      [{ name: "1 watching" }, "/admin/users?state=watching"],
    ] as const;
    for (const [link, href] of hrefs) {
      expect(await page.getByRole("link", link).getAttribute("href")).toBe(href);
    }
  });

  test("shows problems and their end while it is visible, and sends no requests while it is hidden", async () => {
    await beat("machine-1");
    const page = await pages.newPage();
    await page.clock.install();
    await pages.signIn(page, "/admin/", await pages.newAdmin());
    await page.getByRole("row").filter({ hasText: "machine-1" }).waitFor();
    await beat("machine-2", "5 minutes");
    await problem(page, "The instance machine-2 stopped without notice.").waitFor();
    await page.getByRole("link", { name: /^Overview \d+ problem/ }).waitFor();
    const marked = page.getByRole("article", { name: "The instance machine-2" });
    await marked.getByRole("button", { name: "Acknowledge" }).click();
    await marked.getByText("Acknowledged by").waitFor();
    await page.getByText(/^as of /).waitFor();
    expect(await findPageFaults(page)).toEqual([]);
    await beat("machine-2");
    await problem(page, "stopped without notice").waitFor({ state: "detached" });

    let asked = 0;
    page.on("request", (request) => void (asked += Number(request.url().endsWith("/overview"))));
    await show(page, "hidden");
    await page.waitForLoadState("networkidle");
    const before = asked;
    await page.clock.fastForward(600_000);
    await page.clock.fastForward(600_000);
    expect(asked).toBe(before);
    const next = page.waitForRequest("**/overview");
    await show(page, "visible");
    await next;
    await query("delete from fleet_instances where id = 'machine-2'");
  });

  test("draws its charts in the colours and width of the page, and shows the values of a point in time", async () => {
    const { page } = await pages.openAdminPage("/admin/");
    const place = await drawn(page, "Per minute");
    await expect.poll(() => hasItsColour(page)).toBe(true);
    await page.getByText("Dark", { exact: true }).click();
    await expect.poll(() => hasItsColour(page)).toBe(true);
    await page.getByText("Auto", { exact: true }).click();
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(() => hasItsColour(page)).toBe(true);
    await page.emulateMedia({ colorScheme: "light" });
    await expect.poll(() => hasItsColour(page)).toBe(true);

    const moment = page.getByRole("figure").first().locator("time");
    const last = await moment.innerText();
    await place.locator(".u-over").hover({ position: { x: 20, y: 20 } });
    await expect.poll(() => moment.innerText()).not.toBe(last);
    await page.mouse.move(0, 0);
    await expect.poll(() => moment.innerText()).toBe(last);

    const wide = await place.locator("canvas").getAttribute("width");
    await page.setViewportSize({ width: 390, height: 800 });
    await expect.poll(() => place.locator("canvas").getAttribute("width")).not.toBe(wide);
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    expect(await findPageFaults(page)).toEqual([]);
  });
});

/** Simulates that the browser hides or shows the tab. */
const show = (page: Page, state: "hidden" | "visible") =>
  page.evaluate(`
    Object.defineProperty(document, "visibilityState", { configurable: true, value: "${state}" });
    document.dispatchEvent(new Event("visibilitychange"));`);
