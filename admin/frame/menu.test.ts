import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { findListLink, NAVIGATION, toHelpHref } from "./menu.ts";

test.each([
  ["/admin/users/usr_1", "Users"],
  ["/admin/users/usr_1/mail-log", "Users"],
  ["/admin/partners/prt_1", "Partners"],
  ["/admin/users-of-old", "Overview"],
  ["/admin/events/evt_1", "Events"],
  ["/admin/", "Overview"],
])("the list of %s is %s", (path, title) => {
  expect(findListLink(path).title).toBe(title);
});

test("each screen of the menu has a section in docs/admin.md", async () => {
  const page = await readFile(new URL("../../docs/admin.md", import.meta.url), "utf8");
  const titles = NAVIGATION.flatMap(({ links }) => links.map(({ title }) => title));
  expect(titles.filter((title) => !page.includes(`\n### ${title}\n`))).toEqual([]);
  expect(toHelpHref("Dead letters")).toBe("/docs/admin#dead-letters");
});
