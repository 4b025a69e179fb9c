import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type InHouseMailServer,
  startInHouse,
} from "../../harness/mail-servers/in-house-mail-server.ts";
import { newMailUser } from "../mail-user.ts";
import { type SessionStack, startSessionStack } from "../session-stack.ts";
import { startTamperingProxy } from "../tampering-proxy.ts";

const mail = (subject: string) => `From: bob@example.com\r\nSubject: ${subject}\r\n\r\nHello\r\n`;

let server: InHouseMailServer;
let stack: SessionStack;
beforeAll(async () => {
  stack = await startSessionStack(
    async (certificates) => (server = await startInHouse(certificates, { gmail: true })),
  );
});
afterAll(() => stack?.[Symbol.asyncDispose]());

test("a Gmail account's All Mail is watched, except drafts and sent mail", async () => {
  const user = await newMailUser(stack);
  const deliver = (subject: string, labels: string[]) =>
    void server.imap.deliver(user.address, mail(subject), { labels });
  deliver("waiting", ["\\Inbox"]);
  await using sessions = stack.openSessions();
  sessions.watch(user.account);
  await user.watching();
  deliver("draft", ["\\Draft"]);
  deliver("sent", ["\\Sent"]);
  deliver("sent to oneself", ["\\Sent", "\\Inbox"]);
  deliver("filtered past the inbox", ["Work"]);
  deliver("spam", ["\\Spam"]);
  deliver("last", ["\\Inbox"]);
  const rows = await user.recorded(6);
  expect(rows.map(({ state, reason }) => reason ?? state)).toEqual([
    "queued",
    "draft",
    "sent",
    "queued",
    "queued",
    "queued",
  ]);
  expect(new Set(rows.map(({ mailbox }) => mailbox))).toEqual(new Set(["[Gmail]/All Mail"]));
  expect((await user.events()).map(({ envelope }) => envelope?.subject)).toEqual([
    "waiting",
    "sent to oneself",
    "filtered past the inbox",
    "last",
  ]);
});

test("an account whose All Mail is refused is watched at its INBOX", async () => {
  await using proxy = await startTamperingProxy(server);
  proxy.onCommand = (command) =>
    command.includes("All Mail") ? { reply: "NO [NOPERM] not yours" } : "pass";
  const user = await newMailUser(stack, { server: { port: proxy.port } });
  await using sessions = stack.openSessions();
  sessions.watch(user.account);
  await user.watching();
  void server.imap.deliver(user.address, mail("to the inbox"), { labels: ["\\Inbox"] });
  const rows = await user.recorded(1);
  expect(rows).toMatchObject([{ mailbox: "INBOX", state: "queued" }]);
  expect(proxy.connectionCount()).toBe(1);
});

/** Creates a user and watches it through a proxy. */
async function proxiedUser() {
  const opened = new AsyncDisposableStack();
  const proxy = opened.use(await startTamperingProxy(server));
  const user = await newMailUser(stack, { server: { port: proxy.port } });
  const sessions = opened.use(stack.openSessions());
  const deliver = (subject: string) =>
    void server.imap.deliver(user.address, mail(subject), { labels: ["\\Inbox"] });
  sessions.watch(user.account);
  await user.watching();
  return { proxy, user, deliver, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
const ENGLISH = "[Gmail]/All Mail";
const GERMAN = "[Gmail]/Alle Nachrichten";

test("All Mail stays the same mailbox when the account's language changes its path", async () => {
  await using proxied = await proxiedUser();
  const { proxy, user, deliver } = proxied;
  for (const subject of ["1", "2"]) deliver(subject);
  await user.recorded(2);
  proxy.onResponse = (text) => text.replaceAll(ENGLISH, GERMAN);
  proxy.onCommand = (command) =>
    command.includes(GERMAN) ? { send: command.replaceAll(GERMAN, ENGLISH) } : "pass";
  await server.disconnect(user.login);
  deliver("3");
  const rows = await user.recorded(3);
  expect(rows.map(({ mailbox, state }) => [mailbox, state])).toEqual(
    Array.from({ length: 3 }, () => [ENGLISH, "queued"]),
  );
  deliver("4");
  expect(await user.recorded(4)).toHaveLength(4);
  expect((await user.events()).map(({ envelope }) => envelope?.subject)).toEqual([
    "1",
    "2",
    "3",
    "4",
  ]);
});

test("no mail is repeated or lost when All Mail is hidden and shown", async () => {
  await using proxied = await proxiedUser();
  const { proxy, user, deliver } = proxied;
  deliver("1");
  await user.recorded(1);
  proxy.onCommand = (command) =>
    command.includes(ENGLISH) ? { reply: "NO [NOPERM] hidden" } : "pass";
  await server.disconnect(user.login);
  deliver("2");
  await user.recorded(3);
  proxy.onCommand = () => "pass";
  await server.disconnect(user.login);
  deliver("3");
  await user.recorded(5);
  const events = await user.events();
  expect(events.map(({ envelope }) => envelope?.subject)).toEqual(["1", "2", "3"]);
});
