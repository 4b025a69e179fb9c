import { describe, expect, test } from "vitest";
import { startSink } from "../../dev/sink/sink.ts";
import { isChromiumMissing } from "./chromium.ts";
import { usePages } from "./use-pages.ts";

const newPage = usePages();

describe.skipIf(isChromiumMissing)("the page of the sink", () => {
  test("stays readable with a long subject", async () => {
    await using sink = await startSink(0);
    const envelope = { subject: "x".repeat(2_000), from: [{ address: "ann@mail.example" }] };
    const body = JSON.stringify({ envelope, user_tag: "customer-17" });
    await fetch(`${sink.url}/new_mail`, { method: "POST", body });
    const page = await newPage({ viewport: { width: 1_000, height: 700 } });
    await page.goto(sink.url);
    const row = page.getByRole("row").filter({ hasText: "customer-17" });
    for (const text of ["customer-17", "ann@mail.example", "not verified"]) {
      const box = await row.getByText(text).boundingBox();
      expect([text, (box?.width ?? 0) > 90]).toEqual([text, true]);
    }
    expect((await row.boundingBox())?.height).toBeLessThan(250);
    expect(await row.locator("td").nth(4).getAttribute("title")).toBe(envelope.subject);
  });
});
