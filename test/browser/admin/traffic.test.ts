import { describe, expect, test } from "vitest";
import { newTrafficUser } from "../../admin/traffic/traffic-rows.ts";
import { isChromiumMissing } from "../chromium.ts";
import { findRow } from "./on-page.ts";
import { useAdminPages } from "./use-admin-pages.ts";

const pages = useAdminPages();

/** Inserts the counts of a partner in the last hour and day, as the fleet writes them. */
const insertPoints = (partnerId: string, attempts: number, failed: number) =>
  pages.stack().query(
    `insert into traffic_points (step, start, partner_id, provider_id, mails, attempts, failed, latency, backlog)
     select step, date_bin('1 hour', now() - interval '1 hour', 'epoch'), partner_id, '', $2, $2, $3, '{"30": 7}', 12
     from (values ('quarter'), ('hour')) as steps (step), (values ($1), ('')) as of_whom (partner_id)
     on conflict do nothing`,
    [partnerId, attempts, failed],
  );

describe.skipIf(isChromiumMissing)("the traffic", () => {
  test("is shown with the partners of the lowest success rates, and for one of them", async () => {
    await pages.stack().query("truncate traffic_points");
    const [bad, good] = [await newTrafficUser(pages.stack()), await newTrafficUser(pages.stack())];
    await insertPoints(bad.partnerId, 200, 3);
    await insertPoints(good.partnerId, 400, 1);
    const { page } = await pages.openAdminPage("/admin/traffic");
    await page.getByText("1 partner below 99%.").waitFor();
    await findRow(page, bad.partnerName).getByText("98.5%").waitFor();
    await findRow(page, good.partnerName).getByText("99.75%").waitFor();
    for (const title of ["Per 15 min", "Success", "Delivery latency", "Backlog"]) {
      const chart = page.getByRole("figure").filter({ hasText: title });
      await chart.locator("canvas").waitFor();
    }
    const latency = page.getByRole("img", { name: /^Delivery latency/ });
    expect(await latency.getAttribute("aria-label")).toContain("p99: nothing at the end, 260 ms");

    await page.getByRole("link", { name: bad.partnerName }).click();
    await page.waitForURL(`**/admin/traffic?range=day&partner_id=${bad.partnerId}`);
    await page.getByRole("img", { name: /^Success\..* 98.5% at most/ }).waitFor();
    expect(await page.getByRole("heading", { name: "Partners by success" }).count()).toBe(0);
    await page.getByLabel("Time").selectOption("month");
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await page.getByRole("img", { name: /^Per 6 h\./ }).waitFor();
  });
});
