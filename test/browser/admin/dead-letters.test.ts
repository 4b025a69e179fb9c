import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { DeadLetterAnswer } from "../../../shared/commands.ts";
import {
  insertAttempt,
  insertMail,
  newTrafficUser,
  type TrafficUser,
} from "../../admin/traffic/traffic-rows.ts";
import { answerNextCommand } from "../../connect/answer-next-command.ts";
import { insertLetter } from "../../edge/webhooks/insert-letter.ts";
import { isChromiumMissing } from "../chromium.ts";
import { findPageFaults } from "../find-page-faults.ts";
import { button, dialog, press, told } from "./on-page.ts";
import { useAdminPages } from "./use-admin-pages.ts";

const pages = useAdminPages();
const stack = () => pages.stack();

const letters = (page: Page) => page.getByRole("table", { name: "Dead letters" });
const findRow = (page: Page, text: string) =>
  letters(page).getByRole("row").filter({ hasText: text });
const toPath = ({ partnerId }: TrafficUser) => `/admin/dead-letters?partner_id=${partnerId}`;

/** Creates a user of a new partner, with one dead letter per reason. */
async function withLetters(...reasons: string[]) {
  const user = await newTrafficUser(stack());
  const ids: string[] = [];
  for (const [at, lastError] of reasons.entries()) {
    const diedAt = new Date(Date.now() - at * 3_600_000).toISOString();
    ids.push(await insertLetter(stack(), { id: user.partnerId }, { lastError, diedAt }));
  }
  return { user, ids };
}

describe.skipIf(isChromiumMissing)("an admin", () => {
  test("sees that there are no dead letters, with an explanation", async () => {
    const { page } = await pages.openAdminPage("/admin/dead-letters");
    await page.getByText("When the last attempt of an event fails, the event is kept").waitFor();
    expect(await findPageFaults(page)).toEqual([]);
  });

  test("sees why letters were given up, and goes to those of one reason", async () => {
    const { user } = await withLetters("it answered 410", "it answered 410", "it answered 500");
    const { page } = await pages.openAdminPage("/admin/dead-letters");
    const groups = page.getByRole("table", { name: "Waiting letters by partner and reason" });
    const group = groups.getByRole("row").filter({ hasText: "it answered 410" });
    await group.getByText(user.partnerName).waitFor();
    await group.getByText("2", { exact: true }).waitFor();
    expect(await findPageFaults(page)).toEqual([]);
    await group.getByRole("link", { name: "it answered 410" }).click();
    await page.getByText("2 dead letters in all").waitFor();
    expect(await findRow(page, "it answered 410").count()).toBe(2);
    expect(await findRow(page, "it answered 500").count()).toBe(0);
  });

  test("filters the letters, and sees faults at their fields", async () => {
    const { user } = await withLetters("it answered 502", "it answered 500");
    const { page } = await pages.openAdminPage(toPath(user));
    await page.getByText("2 dead letters in all").waitFor();
    await page.getByLabel("Reason").fill("502");
    await page.getByLabel("State").selectOption("waiting");
    await page.getByLabel("Failed after").fill("2026-01-01T00:00");
    await press(page, "Filter");
    await page.getByText("1 dead letter in all").waitFor();
    await findRow(page, "it answered 502").waitFor();
    await page.getByLabel("Failed before").fill("2026-01-02T00:00");
    await press(page, "Filter");
    await page.getByText("Nothing matches. Remove a filter.").waitFor();
    await page.goto(`${stack().url}/admin/dead-letters?user_id=nobody`);
    await page.getByText("User id must be an id that begins with usr_.").waitFor();
    expect(await page.getByLabel("User id").getAttribute("aria-invalid")).toBe("true");
    await press(page, "Clear");
    await findRow(page, "it answered 502").waitFor();
  });

  test("turns the pages", async () => {
    const { user } = await withLetters("it answered 500");
    const oldest = "2026-01-01T00:00:00Z";
    await stack().query(
      `insert into dead_letters (event_id, partner_id, user_id, kind, attempts, last_error, died_at)
       select 'evt_' || substr($2, 5, 10) || n, $1, $2, 'user_connected', 1, 'it was late', $3
       from generate_series(1, 50) n`,
      [user.partnerId, user.id, oldest],
    );
    const { page } = await pages.openAdminPage(toPath(user));
    await page.getByText("51 dead letters in all").waitFor();
    await findRow(page, "it answered 500").waitFor();
    await press(page, "Next page");
    await findRow(page, "it answered 500").waitFor({ state: "detached" });
    await findRow(page, "it was late").waitFor();
    await press(page, "First page");
    await findRow(page, "it answered 500").waitFor();
  });

  test("redelivers one, the chosen and all, and sees the progress", async () => {
    const { user } = await withLetters("reason a", "reason b", "reason c", "reason d");
    const { page } = await pages.openAdminPage(toPath(user));
    await findRow(page, "reason a").getByRole("button", { name: "Redeliver" }).click();
    expect(await findPageFaults(page)).toEqual([]);
    await press(dialog(page), "Redeliver");
    await told(page, "Redelivering the event.");
    await findRow(page, "reason a").getByText("redelivering").waitFor();

    const names = await letters(page)
      .getByRole("checkbox")
      .evaluateAll((boxes) => boxes.map((box) => box.getAttribute("aria-label")));
    expect(new Set(names).size).toBe(names.length);
    await findRow(page, "reason b").getByRole("checkbox").check();
    await press(page, "Redeliver chosen");
    await press(dialog(page), "Redeliver");
    await told(page, "Redelivering 1 dead letter.");
    await page.getByText("0 of 2 letters").waitFor();

    await press(page, "Redeliver all");
    await dialog(page).getByRole("heading", { name: "Redeliver 2 dead letters?" }).waitFor();
    await press(dialog(page), "Redeliver");
    await told(page, "Redelivering 2 dead letters.");
    await page.getByText("0 of 4 letters").waitFor();
    expect(await findPageFaults(page)).toEqual([]);
    await stack().query(
      "update dead_letters set redelivered_at = now() where partner_id = $1 and last_error < 'reason d'",
      [user.partnerId],
    );
    await page.getByText("3 of 4 letters").waitFor();
    await findRow(page, "reason a").getByText("redelivered").waitFor();
    expect(await button(page, "Redeliver all").isDisabled()).toBe(true);
  });

  test("deletes one, the chosen and all, but not by a slip of the hand", async () => {
    const { user } = await withLetters("reason a", "reason b", "reason c", "reason d");
    const { page } = await pages.openAdminPage(toPath(user));
    await findRow(page, "reason a").getByRole("button", { name: "Delete" }).click();
    await press(dialog(page), "Delete");
    await findRow(page, "reason a").waitFor({ state: "detached" });

    await findRow(page, "reason b").getByRole("checkbox").check();
    await press(page, "Delete chosen");
    await press(dialog(page), "Cancel");
    await press(page, "Delete chosen");
    await press(dialog(page), "Delete");
    await findRow(page, "reason b").waitFor({ state: "detached" });

    await page.getByLabel("All on this page").check();
    await page.getByText("2 dead letters chosen").waitFor();
    await page.getByLabel("All on this page").uncheck();
    await press(page, "Delete all");
    await dialog(page).getByLabel("Type delete 2 to confirm").fill("delete");
    expect(await findPageFaults(page)).toEqual([]);
    await press(dialog(page), "Delete");
    await dialog(page).getByText("must be delete 2").waitFor();
    await dialog(page).getByLabel("Type delete 2 to confirm").fill("delete 2");
    await press(dialog(page), "Delete");
    await told(page, "2 dead letters are deleted.");
    await page.getByText("Nothing matches. Remove a filter.").waitFor();
  });
});

describe.skipIf(isChromiumMissing)("one dead letter", () => {
  const TEXT: DeadLetterAnswer = {
    result: "text",
    mail: {
      subject: "Invoice",
      from: "Ann <ann@mail.example>",
      to: null,
      date: "2026-11-22T10:00:00.000Z",
      text: "Dear <b>customer</b>",
      attachments: [{ name: "a.pdf", type: "application/pdf", size_bytes: 48_000 }],
    },
  };

  /** Waits for the action while a simulated fleet answers one command. */
  const answering = async <T>(answer: DeadLetterAnswer, action: Promise<T>) =>
    (await Promise.all([action, answerNextCommand(stack(), answer)]))[0];

  async function shown(answer: DeadLetterAnswer) {
    const user = await newTrafficUser(stack());
    const id = await insertMail(stack(), user, { state: "dead" });
    await insertLetter(stack(), { id: user.partnerId }, { id });
    await insertAttempt(stack(), user, { eventId: id, status: 502, outcome: "dead" });
    const { page } = await answering(answer, pages.openAdminPage(`/admin/dead-letters/${id}`));
    return { page, id, user };
  }

  test("is read as text, downloaded, delivered again and deleted", async () => {
    const { page, id } = await shown(TEXT);
    await page.getByText("Dear <b>customer</b>").waitFor();
    await page.getByRole("row", { name: "From Ann <ann@mail.example>" }).waitFor();
    await page.getByText("application/pdf, 48 kB").waitFor();
    const attempt = page.getByRole("table", { name: "Attempts" }).getByRole("row");
    await attempt.filter({ hasText: "502" }).getByText("Oh no").waitFor();
    expect(await findPageFaults(page)).toEqual([]);

    const saved = page.waitForEvent("download");
    const rfc822_base64 = btoa("Subject: Hi\r\n\r\nHello");
    await answering({ result: "eml", rfc822_base64 }, press(page, "Download .eml"));
    const download = await saved;
    expect(download.suggestedFilename()).toBe(`${id}.eml`);
    expect(await readFile(await download.path(), "utf8")).toBe("Subject: Hi\r\n\r\nHello");

    await press(page, "Redeliver");
    await press(dialog(page), "Redeliver");
    await page.getByText("redelivering", { exact: true }).waitFor();
    await press(page, "Delete");
    await press(dialog(page), "Delete");
    await told(page, "Dead letter deleted.");
    await page.getByRole("heading", { level: 1, name: "Dead letters" }).waitFor();
  });

  test("without its mail shows the reason and what to do", async () => {
    const none = { result: "none", reason: "the mail is no longer stored here" } as const;
    const { page } = await shown(none);
    await page.getByText("A redelivery fetches it from its mailbox again").waitFor();
    await answering(none, press(page, "Download .eml"));
    await page
      .getByRole("alert")
      .getByText("Cannot download the mail: the mail is no longer stored here.")
      .waitFor();
    expect(await findPageFaults(page)).toEqual([]);
  });

  test("that is not there is not shown", async () => {
    const { page } = await pages.openAdminPage("/admin/dead-letters/evt_none");
    await page.getByText("Cannot find the dead letter.").waitFor();
  });
});
