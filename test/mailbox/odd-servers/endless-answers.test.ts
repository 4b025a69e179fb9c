import { createSecureContext } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectImap } from "../../../fleet/mailbox/imap/client-connection.ts";
import { InputTurns } from "../../../fleet/mailbox/imap/input/input-turns.ts";
import { type Clock, systemClock } from "../../../shared/clock.ts";
import { createPlaces } from "../../../shared/concurrency/places.ts";
import { eventually } from "../../harness/eventually.ts";
import { startInHouse } from "../../harness/mail-servers/in-house-mail-server.ts";
import { newMailUser } from "../mail-user.ts";
import { startScriptedServer } from "./scripted-server.ts";
import { type SessionStack, startSessionStack } from "../session-stack.ts";

let stack: SessionStack;
beforeAll(async () => {
  stack = await startSessionStack(startInHouse);
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const connect = (port: number) =>
  connectImap(
    {
      server: { host: "127.0.0.1", port, security: "none", idleMinutes: 9 },
      credentials: { kind: "password", username: "u", password: "p" },
      secureContext: createSecureContext(),
      turns: new InputTurns(systemClock),
      maxLiteralBytes: 1_088 * 1_024,
      timeouts: { connectMs: 5_000, greetingMs: 5_000, commandMs: 5_000, logoutMs: 100 },
    },
    AbortSignal.timeout(60_000),
  );

test("a server that cuts each search short and names all of each half is cut off", async () => {
  await using server = await startScriptedServer(({ tag, name, rest }) => {
    if (name === "EXAMINE")
      return `* 4294967295 EXISTS\r\n* OK [UIDVALIDITY 7] \r\n* OK [UIDNEXT 2] \r\n${tag} OK done\r\n`;
    const [, first, last] = /^SEARCH UID (\d+):(\d+|\*)/.exec(rest) ?? [];
    if (first === undefined) return undefined;
    const to = last === "*" ? 2 ** 32 - 1 : Number(last);
    return to - Number(first) >= 65_536
      ? `${tag} OK [MESSAGELIMIT 65536 ${to}] done\r\n`
      : `* ESEARCH UID ALL ${first}:${to}\r\n${tag} OK done\r\n`;
  });
  await using connection = await connect(server.port);
  await connection.examine("INBOX");
  await expect(connection.searchFrom(2)).rejects.toMatchObject({
    isHarm: true,
    failure: { reason: "server_sent_too_much" },
  });
  await eventually("the end of the connection", () => connection.closed.aborted || undefined);
  expect(server.asked("UID SEARCH")).toBeLessThan(30);
});

test("a server that announces mail with each answer, and has none, is asked a few times", async () => {
  let exists = 1;
  await using server = await startScriptedServer(({ tag, name, rest }) => {
    const news = () => `* ${++exists} EXISTS\r\n`;
    if (name === "EXAMINE")
      return `* 0 EXISTS\r\n* OK [UIDVALIDITY 7] \r\n* OK [UIDNEXT 1] \r\n${tag} OK done\r\n`;
    if (name === "IDLE") return `+ idling\r\n${news()}`;
    return rest.startsWith("SEARCH") ? `* SEARCH\r\n${news()}${tag} OK done\r\n` : undefined;
  });
  const user = await newMailUser(stack, { server: { host: "127.0.0.1", port: server.port } });
  const pauses: number[] = [];
  const asked = () => server.asked("UID SEARCH");
  const clock: Clock = {
    ...systemClock,
    sleep(ms, signal) {
      pauses.push(ms);
      return systemClock.sleep(ms, signal);
    },
  };
  await using sessions = stack.openSessions({ clock });
  sessions.watch(user.account);
  await eventually("the longest pause", () => pauses.includes(5_000) || undefined);
  expect(pauses).toEqual([200, 1_000, 5_000]);
  expect(asked()).toBeLessThan(10);
});

/** Starts a mail server that has a thousand more mails at each search. */
function startFlood() {
  let exists = 0;
  return startScriptedServer(({ tag, name, rest }) => {
    const news = () => `* ${++exists} EXISTS\r\n`;
    if (name === "EXAMINE")
      return `* 0 EXISTS\r\n* OK [UIDVALIDITY 7] \r\n* OK [UIDNEXT 1] \r\n${tag} OK done\r\n`;
    if (name === "IDLE") return `+ idling\r\n${news()}`;
    const [, first] = /^SEARCH UID (\d+):\*/.exec(rest) ?? [];
    if (first !== undefined) {
      const uids = Array.from({ length: 1_000 }, (_, n) => Number(first) + n);
      return `* SEARCH ${uids.join(" ")}\r\n${news()}${tag} OK done\r\n`;
    }
    const [, uids = ""] = /^FETCH ([\d,]+) .*ENVELOPE/.exec(rest) ?? [];
    if (uids === "") return undefined;
    return `${uids.split(",").map(formatRow).join("")}${tag} OK done\r\n`;
  });
}

const formatRow = (uid: string) =>
  `* 1 FETCH (UID ${uid} RFC822.SIZE 5 INTERNALDATE "01-Jan-2026 00:00:00 +0000" ENVELOPE (NIL "x" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n`;

test("a server that names mails without end fills no table, and keeps nobody's place", async () => {
  await using server = await startFlood();
  const flooded = await newMailUser(stack, { server: { host: "127.0.0.1", port: server.port } });
  const other = await newMailUser(stack);
  await using sessions = stack.openSessions({
    wantsNewMail: () => false,
    readers: createPlaces(1),
    mailPace: { perSecond: 50, ahead: 100 },
  });
  sessions.watch(flooded.account);
  await flooded.recorded(100);
  const startedMs = performance.now();
  sessions.watch(other.account);
  await other.watching();
  await stack.server.deliver(other.address, "Subject: Hello\r\n\r\nHello\r\n");
  await other.recorded(1);
  const before = (await flooded.recorded(100)).length;
  await flooded.recorded(300);
  expect(before).toBeLessThan(300);
  // Of the 300 recorded mails, 100 were recorded before `startedMs`. Up to 100 (`ahead`) need no
  // wait. The limit of 50 per second applies to the others.
  expect(performance.now() - startedMs).toBeGreaterThan(((300 - 100 - 100) / 50) * 1_000);
});
