import { createSecureContext } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectImap } from "../../../fleet/mailbox/imap/client-connection.ts";
import type { ImapConnection } from "../../../fleet/mailbox/imap/imap-connection.ts";
import { ImapError } from "../../../fleet/mailbox/imap/failures/imap-error.ts";
import { InputTurns } from "../../../fleet/mailbox/imap/input/input-turns.ts";
import { systemClock } from "../../../shared/clock.ts";
import { ATTACKS } from "./hostile-attacks.ts";
import { type HostileServer, type ServerAttack, startHostileServer } from "./hostile-server.ts";
import { watchLoop } from "./watch-loop.ts";

/** The longest time for which the event loop may be blocked. */
const LONGEST_STALL_MS = 200;
/**
 * The maximum number of bytes that the server can write before the client ends the connection. Many
 * stay in buffers of the server and of both sockets, which the client cannot limit.
 */
const MOST_SENT_BYTES = 64 * 1_024 * 1_024;

let attack: ServerAttack;
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

test("a SEARCH answer with thousands of other messages is followed by FETCH", async () => {
  const others = Array.from({ length: 2_000 }, (_, n) => 5_000 + n).join(" ");
  attack = { at: "SEARCH", sends: `* SEARCH ${others}\r\n`, isOnce: true };
  await using connection = await connect();
  await connection.examine("INBOX");
  expect(await connection.searchUids(1, 1_000)).toEqual([1]);
});

/**
 * Behaves like a session: makes each kind of request once, and then waits for mail until the
 * connection is closed. Always rejects.
 */
async function runSession(): Promise<void> {
  await using connection = await connect();
  await connection.list();
  await connection.examine("INBOX");
  await connection.searchFrom(1);
  await connection.fetchHeaders([1]);
  await connection.fetchBodies([1]);
  while (!connection.closed.aborted) {
    await connection.waitForMail(20_000, []);
    // The next lines do the same as a session does after each wait.
    if (connection.closed.aborted) break;
    if (connection.announced > 0) await connection.searchFrom(2);
    else await connection.examine("INBOX");
  }
  throw connection.failure("watch", "the connection was closed");
}

const connect = (): Promise<ImapConnection> =>
  connectImap(
    {
      server: { host: "127.0.0.1", port: server.port, security: "none", idleMinutes: 9 },
      credentials: { kind: "password", username: "u", password: "p" },
      secureContext: createSecureContext(),
      turns: new InputTurns(systemClock),
      maxLiteralBytes: 1_088 * 1_024,
      timeouts: { connectMs: 5_000, greetingMs: 20_000, commandMs: 20_000, logoutMs: 100 },
    },
    AbortSignal.timeout(60_000),
  );
