import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../harness/eventually.ts";
import {
  type InHouseMailServer,
  startInHouse,
} from "../../harness/mail-servers/in-house-mail-server.ts";
import { newMailUser } from "../mail-user.ts";
import { type SessionStack, startSessionStack } from "../session-stack.ts";
import { startTamperingProxy } from "../tampering-proxy.ts";

const OLD_MAILS = 50_000;
const YEAR_MS = 365 * 86_400_000;
const makeMail = (n: number) => `From: bob@example.com\r\nSubject: ${n}\r\n\r\nHello ${n}\r\n`;

let server: InHouseMailServer;
let stack: SessionStack;
beforeAll(async () => {
  stack = await startSessionStack(
    async (certificates) => (server = await startInHouse(certificates)),
  );
});
afterAll(() => stack?.[Symbol.asyncDispose]());

test("a mailbox of fifty thousand old mails is searched and not read, at first and after a reset", async () => {
  await using proxy = await startTamperingProxy(server);
  const commands: string[] = [];
  proxy.onCommand = (command) => {
    commands.push(command);
    return "pass";
  };
  const user = await newMailUser(stack, { server: { port: proxy.port } });
  const internalDate = new Date(Date.now() - YEAR_MS);
  for (let n = 1; n <= OLD_MAILS; n++) {
    server.imap.deliver(user.address, makeMail(n), { internalDate });
  }
  for (let n = 1; n <= 3; n++) server.imap.deliver(user.address, makeMail(OLD_MAILS + n));

  await using sessions = stack.openSessions();
  sessions.watch(user.account);
  await user.watching();
  expect((await user.recorded(3)).map(({ uid }) => uid)).toEqual([50_001, 50_002, 50_003]);
  expect(await user.cursor()).toMatchObject({ lastUid: OLD_MAILS + 3 });
  expect(commands.filter((command) => command.includes("SEARCH")).length).toBeLessThan(10);

  server.imap.resetUidValidity(user.address);
  await eventually("the reset to be recorded", async () => (await user.resets())[0]);
  const rows = await user.recorded(6);
  expect(rows.filter(({ reason }) => reason === "duplicate_sha1")).toHaveLength(3);
  expect(await user.events()).toHaveLength(3);
  expect(commands.filter((command) => /FETCH 1:\*/.test(command))).toEqual([]);
});

test("a mail that is expunged while it is fetched is skipped, and those around it arrive", async () => {
  await using proxy = await startTamperingProxy(server);
  const user = await newMailUser(stack, { server: { port: proxy.port } });
  for (const n of [1, 2, 3]) server.imap.deliver(user.address, makeMail(n));
  proxy.onCommand = (command) => {
    if (command.includes("BODY")) server.imap.expunge(user.address, "INBOX", 2);
    return "pass";
  };
  await using sessions = stack.openSessions();
  sessions.watch(user.account);
  expect(await user.recorded(3)).toMatchObject([
    { state: "queued" },
    { state: "skipped", reason: "expunged" },
    { state: "queued" },
  ]);
});
