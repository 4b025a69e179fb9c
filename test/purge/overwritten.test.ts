import { eq } from "drizzle-orm";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deadLetters } from "../../db/deliveries/tables.ts";
import { mailLogs } from "../../db/mail/tables.ts";
import { purgeMessages } from "../../fleet/purge/purge-messages.ts";
import { newId } from "../../shared/ids.ts";
import { startEndpoint } from "../harness/network/endpoint.ts";
import { eventually } from "../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../harness/stacks/fleet-stack.ts";
import {
  moreUsers,
  newWebhookUser,
  publishMail,
  type TestUser,
} from "../webhook/published-mail.ts";
import { runRole } from "../webhook/running-role.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

/**
 * Finds the files of NATS that contain a text, plain or in base64. Dead letters contain mails in
 * base64.
 */
async function filesWith(text: string): Promise<string[]> {
  // The base64 form of a text depends on its offset modulo 3 in the encoded bytes.
  const forms = [0, 1, 2].map((pad) =>
    Buffer.from("-".repeat(pad) + text)
      .toString("base64")
      .slice(4, -4),
  );
  const entries = await readdir(stack.natsFolder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    if ([text, ...forms].some((form) => bytes.includes(form))) found.push(path);
  }
  return found;
}

const needle = (what: string) => `${what}-${newId("evt").slice(4)}`;

/**
 * Publishes three mails with the same words. One is delivered, one becomes a dead letter, and one
 * waits.
 */
async function useUp(user: TestUser, words: readonly string[]): Promise<void> {
  const [subject = "", sender = "", body = ""] = words;
  for (const end of ["fine", "bad", "waiting"]) {
    const raw = `From: ${sender}@example.org\r\nSubject: ${subject} ${end}\r\nX-End: ${end}\r\n\r\n${body}\r\n`;
    await publishMail(stack, user, new TextEncoder().encode(raw));
  }
}

test("after a user's purge its subject, sender, body and name are in no file of NATS", async () => {
  await using endpoint = await startEndpoint(({ body }) => ({
    status: body.includes("X-End: fine") ? 200 : 500,
  }));
  const partner = await stack.newPartner({ newMailWebhook: endpoint.url });
  const user = await newWebhookUser(stack, partner);
  const [other = user] = await moreUsers(stack, user, 1);
  const words = ["subject", "sender", "body"].map(needle);
  const otherWords = ["subject", "sender", "body"].map(needle);
  {
    await using _role = runRole(stack, { retryScheduleMs: [20] });
    await useUp(user, words);
    await useUp(other, otherWords);
    await eventually("all but the delivered to be dead", async () => {
      const rows = await stack.db.select().from(deadLetters);
      const mails = await stack.db.select().from(mailLogs).where(eq(mailLogs.state, "queued"));
      return rows.length === 4 && mails.length === 0 ? true : undefined;
    });
  }
  await useUp(user, words);
  for (const word of [...words, ...otherWords, user.tag])
    expect(await filesWith(word)).not.toEqual([]);
  await purgeMessages({ bus: stack.bus, goesOn() {} }, partner.id, [user.id]);
  for (const word of [...words, user.tag]) expect(await filesWith(word)).toEqual([]);
  for (const word of otherWords) expect(await filesWith(word)).not.toEqual([]);
});
