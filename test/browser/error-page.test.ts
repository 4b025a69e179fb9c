import { describe, expect, test } from "vitest";
import { useEdge } from "../edge/use-edge.ts";
import { isChromiumMissing } from "./chromium.ts";
import { findPageFaults } from "./find-page-faults.ts";
import { hearComplaints } from "./hear-complaints.ts";
import { usePages } from "./use-pages.ts";

const edge = useEdge();
const newPage = usePages();

describe.skipIf(isChromiumMissing)("the page of errors", () => {
  test("shows the section of the address, and breaks neither its policy nor a rule of axe", async () => {
    const { url } = edge.stack();
    const page = await newPage();
    const complaints = await hearComplaints(page, url);
    await page.goto(`${url}/docs/errors#timeout`);
    expect(await page.title()).toBe("Errors and reasons – SuperIMAP API");
    expect(await page.locator(":target").textContent()).toBe("504 timeout");
    const font = await page.evaluate<string>("getComputedStyle(document.body).fontFamily");
    expect(font).toContain("system-ui");
    expect(await findPageFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("is wider than no screen", async () => {
    const page = await newPage({ viewport: { width: 360, height: 640 } });
    await page.goto(`${edge.stack().url}/docs/errors`);
    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBe(360);
  });

  test("is reached from the API reference", async () => {
    const { url } = edge.stack();
    const page = await newPage();
    await page.goto(`${url}/docs`);
    const link = page.getByRole("link", { name: "errors and reasons" });
    expect(await link.getAttribute("href")).toBe(`${url}/docs/errors`);
  });
});
