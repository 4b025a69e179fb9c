import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import * as v from "valibot";
import { useEdge } from "../edge/use-edge.ts";
import { isChromiumMissing } from "./chromium.ts";
import { violationsOf } from "./find-page-faults.ts";
import { hearComplaints } from "./hear-complaints.ts";
import { usePages } from "./use-pages.ts";

const edge = useEdge();
const newPage = usePages();

/**
 * Faults in Scalar's HTML that no stylesheet can correct (docs/decisions/009). None is about
 * colours.
 */
const OF_SCALAR = ["aria-required-attr", "landmark-unique"];
const OF_ITS_CONSOLE = [
  ...OF_SCALAR,
  "aria-allowed-role",
  "aria-input-field-name",
  "aria-prohibited-attr",
  "landmark-no-duplicate-main",
  "presentation-role-conflict",
];

const sidebar = (page: Page) => page.getByRole("complementary");
const keyField = (page: Page) => page.getByRole("textbox", { name: "Value" }).first();

interface Opened {
  page: Page;
  /** What `hearComplaints` has recorded: errors, and requests to other origins. */
  complaints: readonly string[];
}

async function openReference(colorScheme: "light" | "dark" = "light"): Promise<Opened> {
  const { url } = edge.stack();
  const page = await newPage({ colorScheme });
  const complaints = await hearComplaints(page, url);
  await page.goto(`${url}/docs`);
  await keyField(page).waitFor();
  return { page, complaints };
}

const operation = v.object({ summary: v.string(), tags: v.tuple([v.string()]) });
const shownDocument = v.object({
  paths: v.record(v.string(), v.record(v.string(), operation)),
  webhooks: v.record(v.string(), v.record(v.string(), operation)),
});

async function readOperations(): Promise<v.InferOutput<typeof operation>[]> {
  const response = await fetch(`${edge.stack().url}/api/v1/openapi.json`);
  const { paths, webhooks } = v.parse(shownDocument, await response.json());
  return [...Object.values(paths), ...Object.values(webhooks)].flatMap((item) =>
    Object.values(item),
  );
}

/** Opens all closed groups of the sidebar except Models. */
async function openGroups(page: Page): Promise<void> {
  const closed = sidebar(page).getByRole("button", { name: /^Open Group - (?!Models)/ });
  while ((await closed.count()) > 0) {
    const before = await closed.count();
    await closed.first().click();
    await expect.poll(() => closed.count()).toBe(before - 1);
  }
}

async function openConsole(page: Page, summary: string) {
  await page
    .getByRole("region", { name: summary, exact: true })
    .getByRole("button", { name: /^Test Request/ })
    .click();
  return page.getByRole("dialog");
}

describe.skipIf(isChromiumMissing)("the API reference", () => {
  test("lists every operation and every webhook, and loads nothing from another origin", async () => {
    const { page, complaints } = await openReference();
    expect(await page.title()).toBe("SuperIMAP API");
    await openGroups(page);
    const operations = await readOperations();
    expect(operations).toHaveLength(40);
    for (const { summary } of operations) {
      const link = sidebar(page).getByRole("link", { name: `${summary} HTTP Method` });
      expect([summary, await link.count()]).toEqual([summary, 1]);
    }
    expect(complaints).toEqual([]);
  });

  test("shows a webhook with a body of each format, and offers no request for it", async () => {
    const { page, complaints } = await openReference();
    await sidebar(page).getByRole("button", { name: "Open Group - Webhooks" }).click();
    await sidebar(page)
      .getByRole("link", { name: /^A mail has arrived/ })
      .click();
    const webhook = page.getByRole("region", { name: "A mail has arrived" });
    await webhook.getByText('"rfc822"').waitFor();
    await webhook.getByRole("button", { name: "superimap" }).click();
    await page.getByRole("option", { name: "parsed" }).click();
    await webhook.getByText('"reply_text"').waitFor();
    expect(await webhook.getByRole("button", { name: /^Test Request/ }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test("sends a request with the key that was entered, and shows the answer", async () => {
    const { apiKey } = await edge.connectedPartner();
    const { page, complaints } = await openReference();
    await keyField(page).fill(apiKey);
    const dialog = await openConsole(page, "List the partner's connections");
    const answered = page.waitForResponse((response) => response.url().includes("/connections"));
    await dialog.getByRole("button", { name: /^Send get request/ }).click();
    const answer = await answered;
    expect([answer.status(), answer.request().headers()["x-api-key"]]).toEqual([200, apiKey]);
    await dialog.getByText("200 OK").waitFor();
    await dialog.getByText('"imap_provider_code"').waitFor();
    await dialog.getByText('"PLAIN"').waitFor();
    expect(complaints).toEqual([]);
  });

  test("sends the example of a body, and shows a refusal", async () => {
    const { page, complaints } = await openReference();
    await keyField(page).fill("sk_unknown");
    await sidebar(page)
      .getByRole("link", { name: /^Connect the partner to a provider/ })
      .click();
    const dialog = await openConsole(page, "Connect the partner to a provider");
    const sent = page.waitForRequest((request) => request.method() === "POST");
    await dialog.getByRole("button", { name: /^Send post request/ }).click();
    expect((await sent).postDataJSON()).toEqual({ imap_provider_code: "PLAIN" });
    await dialog.getByText('"unauthorized"').waitFor();
    expect(complaints).toEqual([
      expect.stringContaining("the server responded with a status of 401"),
    ]);
  });

  test("forgets the key with the page", async () => {
    const { page } = await openReference();
    await keyField(page).fill("sk_entered");
    await page.reload();
    await keyField(page).waitFor();
    expect(await page.content()).not.toContain("sk_entered");
    const stored = await page.evaluate<string>(
      "JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])",
    );
    expect(stored).not.toContain("sk_entered");
  });

  test.each(["light", "dark"] as const)("has no fault of colour, %s", async (colorScheme) => {
    const { page } = await openReference(colorScheme);
    /**
     * Waits until the page has only these known faults. Other faults may appear for a moment,
     * because Scalar draws parts of the page before it knows the colour scheme.
     */
    const hasOnly = async (known: string[]) => {
      await expect
        .poll(async () => [...new Set((await violationsOf(page)).map(({ id }) => id))])
        .toSatisfy((found: string[]) => found.every((id) => known.includes(id)));
    };
    await hasOnly(OF_SCALAR);
    await sidebar(page).getByRole("button", { name: "Open Group - Users" }).click();
    await sidebar(page)
      .getByRole("link", { name: /^Register a user/ })
      .click();
    const dialog = await openConsole(page, "Register a user");
    await dialog.getByRole("button", { name: /^Send post request/ }).waitFor();
    await hasOnly(OF_ITS_CONSOLE);
    const shown = await page.evaluate<string>("getComputedStyle(document.body).colorScheme");
    expect(shown).toContain(colorScheme);
  });

  test("reaches neither the admin pages nor their API", async () => {
    const { page, complaints } = await openReference();
    const refused = await page.evaluate<string>(
      `fetch("/admin/api/session").then(() => "answered", () => "refused")`,
    );
    expect(refused).toBe("refused");
    await expect
      .poll(() => complaints)
      .toContainEqual(expect.stringMatching(/^connect-src refuses/));
    // /admin/ sends the header Cross-Origin-Opener-Policy. So the browser separates the new window
    // from the page that opened it, and this page sees the window as closed.
    await page.evaluate(`globalThis.opened = window.open("/admin/"), undefined`);
    await expect.poll(() => page.evaluate<boolean>("opened.closed")).toBe(true);
  });
});
