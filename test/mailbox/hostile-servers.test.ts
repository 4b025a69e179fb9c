import { createSecureContext } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectImap, type ImapConnection } from "../../fleet/mailbox/imap/imap-connection.ts";
import { ImapError } from "../../fleet/mailbox/imap/imap-error.ts";
import { InputTurns } from "../../fleet/mailbox/imap/input-turns.ts";
import { systemClock } from "../../shared/clock.ts";
import { type Attack, type HostileServer, startHostileServer, STEPS } from "./hostile-server.ts";
import { watchLoop } from "./watch-loop.ts";

/** The process must never stand still for longer. */
const LONGEST_STALL_MS = 200;
/** A server's own buffers, and those of two sockets, hold as much as they like. */
const MOST_SENT_BYTES = 64 * 1_024 * 1_024;

const k = 1_024;
const FLOODS = {
  EXISTS: "* 5 EXISTS\r\n",
  EXPUNGE: "* 5 EXPUNGE\r\n",
  OK: "* OK\r\n",
  "CAPABILITY lines": "* CAPABILITY IMAP4rev1 IDLE\r\n",
  "LIST lines": '* LIST () "/" "a folder"\r\n',
  "changed flags": "* 1 FETCH (FLAGS (\\Seen))\r\n",
  "bodies that nobody asked for": `* 1 FETCH (UID 1 BODY[] {1000}\r\n${"x".repeat(1_000)})\r\n`,
  "lines that are no IMAP": "\x01\x02 hello\r\n",
  "long lines": `* OK ${"a ".repeat(20 * k)}\r\n`,
  "a line without end": "x",
  "NUL bytes": "\0",
  "go-aheads": "+ go\r\n",
  "answers to other commands": "ZZ OK\r\n",
  alerts: "* OK [ALERT] hello\r\n",
  "UIDVALIDITY changes": "* OK [UIDVALIDITY 8] \r\n* OK [UIDVALIDITY 9] \r\n",
  "SEARCH results": `* SEARCH ${"12345 ".repeat(1_000)}\r\n`,
  "ranges that vanished": "* VANISHED 1:16777216\r\n",
  "ranges that were found": "* ESEARCH UID ALL 1:4294967295\r\n",
  parentheses: `* LIST ${"(".repeat(10 * k)}\r\n`,
  tokens: `* 1 FETCH (${"1 ".repeat(20 * k)})\r\n`,
  "one response of literals": `{1000}\r\n${"x".repeat(1_000)} `,
} as const;

const ATTACKS: (Attack & { name: string })[] = [
  ...Object.entries(FLOODS).map(([name, sends]) => ({ name, at: "IDLE" as const, sends })),
  ...STEPS.filter((at) => at !== "IDLE").flatMap((at) =>
    (["EXISTS", "a line without end", "one response of literals"] as const).map((name) => ({
      name,
      at,
      sends: FLOODS[name],
    })),
  ),
  { name: "LIST lines", at: "LIST", sends: FLOODS["LIST lines"] },
  { name: "SEARCH results", at: "SEARCH", sends: FLOODS["SEARCH results"] },
  { name: "ranges that were found", at: "SEARCH", sends: FLOODS["ranges that were found"] },
  { name: "one wide range", at: "SEARCH", sends: FLOODS["ranges that were found"], isOnce: true },
  {
    name: "one wide range, quoted",
    at: "SEARCH",
    sends: '* ESEARCH UID ALL "1:4294967295"\r\n',
    isOnce: true,
  },
  {
    name: "one wide range after a huge EXISTS",
    at: "SEARCH",
    sends: `* 4294967295 EXISTS\r\n${FLOODS["ranges that were found"]}`,
    isOnce: true,
  },
  {
    name: "bodies that nobody asked for",
    at: "BODIES",
    sends: FLOODS["bodies that nobody asked for"],
  },
  {
    name: "a literal of 4 GB",
    at: "BODIES",
    sends: "* 1 FETCH (UID 1 BODY[] {4294967295}\r\n",
    isOnce: true,
  },
  { name: "tokens", at: "HEADERS", sends: FLOODS.tokens },
  {
    name: "headers of other mails",
    at: "HEADERS",
    sends: '* 2 FETCH (UID 2 RFC822.SIZE 5 ENVELOPE (NIL "x" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n',
  },
];

let attack: Attack;
let server: HostileServer;
beforeAll(async () => {
  server = await startHostileServer(() => attack);
});
afterAll(() => server[Symbol.asyncDispose]());

test.each(ATTACKS)(
  "$name at $at: the connection ends, and the process never stands still",
  async (given) => {
    attack = given;
    const sentBefore = server.sentBytes;
    using loop = watchLoop();
    const error: unknown = await runSession().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ImapError);
    expect(loop.longestStallMs()).toBeLessThan(LONGEST_STALL_MS);
    expect(server.sentBytes - sentBefore).toBeLessThan(MOST_SENT_BYTES);
  },
);

/** All that a session asks for, once. */
async function runSession(): Promise<void> {
  const turns = new InputTurns(systemClock);
  const connection: ImapConnection = await connectImap(
    {
      server: { host: "127.0.0.1", port: server.port, security: "none", idleMinutes: 9 },
      credentials: { kind: "password", username: "u", password: "p" },
      secureContext: createSecureContext(),
      turns,
      maxLiteralBytes: 1_088 * k,
      timeouts: { connectMs: 5_000, greetingMs: 20_000, commandMs: 20_000, logoutMs: 100 },
    },
    AbortSignal.timeout(60_000),
  );
  await using _ = connection;
  await connection.list();
  await connection.examine("INBOX");
  await connection.searchFrom(1);
  await connection.fetchHeaders([1]);
  await connection.fetchBodies([1]);
  while (!connection.closed.aborted) {
    await connection.waitForMail(20_000, []);
    // What a session does when it is woken.
    if (connection.closed.aborted) break;
    if (connection.announced > 0) await connection.searchFrom(2);
    else await connection.examine("INBOX");
  }
  throw connection.failure("watch", "the connection was closed");
}
