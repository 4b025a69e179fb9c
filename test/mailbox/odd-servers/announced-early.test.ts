import { afterAll, beforeAll, expect, test } from "vitest";
import { startInHouse } from "../../harness/mail-servers/in-house-mail-server.ts";
import { newMailUser } from "../mail-user.ts";
import { type SessionStack, startSessionStack } from "../session-stack.ts";
import { startScriptedServer } from "./scripted-server.ts";

const DATE = 'INTERNALDATE "01-Jan-2026 00:00:00 +0000"';
const ENVELOPE = 'ENVELOPE (NIL "x" NIL NIL NIL NIL NIL NIL NIL NIL)';

let stack: SessionStack;
beforeAll(async () => {
  stack = await startSessionStack(startInHouse);
});
afterAll(() => stack?.[Symbol.asyncDispose]());

test("mail that is announced by the last answer before the wait is read at once", async () => {
  let searches = 0;
  await using server = await startScriptedServer(({ tag, name, rest }) => {
    const done = `${tag} OK done\r\n`;
    if (name === "EXAMINE")
      return `* ${searches > 0 ? 1 : 0} EXISTS\r\n* OK [UIDVALIDITY 7] \r\n* OK [UIDNEXT 1] \r\n${done}`;
    if (rest.startsWith("SEARCH"))
      return searches++ === 0
        ? `* 1 EXISTS\r\n* SEARCH\r\n${done}`
        : `* SEARCH${rest.includes(" 1:") ? " 1" : ""}\r\n${done}`;
    if (rest.includes("ENVELOPE"))
      return `* 1 FETCH (UID 1 RFC822.SIZE 5 ${DATE} ${ENVELOPE})\r\n${done}`;
    return rest.startsWith("FETCH")
      ? `* 1 FETCH (UID 1 BODY[] {5}\r\nhello)\r\n${done}`
      : undefined;
  });
  const { host } = stack.server;
  const user = await newMailUser(stack, { server: { host, port: server.port } });
  await using sessions = stack.openSessions();
  sessions.watch(user.account);
  expect(await user.recorded(1)).toMatchObject([{ uid: 1, state: "queued" }]);
});
