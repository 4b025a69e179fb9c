import type { Locator, Page } from "playwright-core";

/** Finds the heading of the page by its text. */
export const title = (page: Page, name: string) =>
  page.getByRole("heading", { level: 1, name, exact: true });

export const dialog = (page: Page) => page.getByRole("dialog");
export const findRow = (page: Page, text: string) =>
  page.getByRole("row").filter({ hasText: text });
export const button = (within: Page | Locator, name: string) =>
  within.getByRole("button", { name, exact: true });
export const press = (within: Page | Locator, name: string) => button(within, name).click();

/** Finds a section of the page by its heading. */
export const section = (page: Page, name: string) =>
  page.getByRole("region", { name, exact: true });

/** Finds the value that the page shows beside this name. */
export const findFact = (page: Page, name: string) =>
  page
    .locator(".facts > div")
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator("dd");

/** Waits until the page shows this text as a status message. */
export const told = (page: Page, text: string) =>
  page.getByRole("status").getByText(text).waitFor();
