import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../../shared/clock.ts";
import { createPlaces } from "../../../shared/concurrency/places.ts";
import { readPort } from "../../../dev/stack/ports.ts";
import type { Certificates } from "../../../dev/stack/certificates.ts";
import { eventually } from "../../harness/eventually.ts";
import { startInHouse } from "../../harness/mail-servers/in-house-mail-server.ts";
import { newMailUser } from "../mail-user.ts";
import { type SessionStack, startSessionStack } from "../session-stack.ts";

// Gmail's extension makes sessions send LIST, too.
const startGmail = (certificates: Certificates) => startInHouse(certificates, { gmail: true });

let stack: SessionStack;
beforeAll(async () => {
  stack = await startSessionStack(startGmail);
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const timeouts = { connectMs: 2_000, greetingMs: 2_000, commandMs: 800, logoutMs: 200 };
/** A clock that shortens each pause to at most 50 ms. */
const clock = {
  ...systemClock,
  sleep: (ms: number, signal: AbortSignal) => systemClock.sleep(Math.min(ms, 50), signal),
};

interface Drip extends AsyncDisposable {
  port: number;
  connections(): number;
  /**
   * Called with each piece of the server's output. Returns how slowly the proxy forwards this
   * piece. Null means at once.
   */
  pace: (text: string) => { bytes: number; everyMs: number } | null;
}

/**
 * Starts a proxy in front of a mail server. Unless `pace` returns null, the proxy forwards the
 * server's output slowly, in small pieces.
 */
async function startDrip(target: { host: string; port: number }): Promise<Drip> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const drip: Pick<Drip, "pace"> = { pace: () => null };
  const server = createServer((client) => {
    connections++;
    const upstream = connect(target.port, target.host);
    let waiting = Buffer.alloc(0);
    let timer: ReturnType<typeof setInterval> | undefined;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        clearInterval(timer);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (data) => upstream.write(data));
    upstream.on("data", (data) => {
      const pace = drip.pace(data.toString("latin1"));
      if (pace === null && waiting.length === 0) return void client.write(data);
      waiting = Buffer.concat([waiting, data]);
      if (pace === null || timer !== undefined) return;
      timer = setInterval(() => {
        client.write(waiting.subarray(0, pace.bytes));
        waiting = waiting.subarray(pace.bytes);
        if (waiting.length > 0) return;
        clearInterval(timer);
        timer = undefined;
      }, pace.everyMs);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(drip, {
    port: readPort(server),
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  });
}

const makeMail = (n: number, bytes: number) =>
  `From: bob@example.com\r\nMessage-ID: <${n}@example.com>\r\nSubject: ${n}\r\n\r\n${"x".repeat(76)}\r\n`.padEnd(
    bytes,
    "y\r\n",
  );

test("mail of an honest mail server on a slow line is read in one session", async () => {
  await using drip = await startDrip(stack.server);
  const user = await newMailUser(stack, { server: { port: drip.port } });
  for (let n = 1; n <= 4; n++) await stack.server.deliver(user.address, makeMail(n, 12_000));
  // The proxy forwards 20 KB per second. So the fetch takes three times as long as a command
  // without data may take.
  drip.pace = (text) => (text.includes("BODY[]") ? { bytes: 1_000, everyMs: 50 } : null);
  await using sessions = stack.openSessions({ timeouts, clock });
  sessions.watch(user.account);
  const mails = await user.recorded(4);
  expect(mails.map(({ state }) => state)).toEqual(["queued", "queued", "queued", "queued"]);
  expect(drip.connections()).toBe(1);
});

test.each(["LIST", "UIDVALIDITY", "BODY[]"])(
  "a server that drips its answer %s loses its connection, and the user says why",
  async (answer) => {
    await using drip = await startDrip(stack.server);
    const user = await newMailUser(stack, { server: { port: drip.port } });
    await stack.server.deliver(user.address, makeMail(1, 20_000));
    drip.pace = (text) => (text.includes(answer) ? { bytes: 1, everyMs: 100 } : null);
    await using sessions = stack.openSessions({ timeouts, clock });
    sessions.watch(user.account);
    await eventually("the reason", async () =>
      (await user.state()).reason === "server_too_slow" ? true : undefined,
    );
    drip.pace = () => null;
    expect(await user.recorded(1)).toMatchObject([{ state: "queued" }]);
  },
);

test("a server that is slow for each mail loses its place, and received mail is kept", async () => {
  await using drip = await startDrip(stack.server);
  const user = await newMailUser(stack, { server: { port: drip.port } });
  for (let n = 1; n <= 8; n++) await stack.server.deliver(user.address, makeMail(n, 300));
  // Each mail takes half a second, so all eight together take much longer than one command may
  // take.
  drip.pace = (text) => (text.includes("BODY[]") ? { bytes: 400, everyMs: 500 } : null);
  await using sessions = stack.openSessions({ timeouts, clock });
  sessions.watch(user.account);
  const mails = await user.recorded(8);
  expect(mails.map(({ state }) => state)).toEqual(Array.from({ length: 8 }, () => "queued"));
  const synced = stack.log.lines.filter(
    (line) => line.includes("mailbox.synced") && line.includes(user.account.userId),
  );
  expect(synced.length).toBeGreaterThan(1);
});

test("sixteen mailboxes whose server drips delay no mail of another server", async () => {
  await using drip = await startDrip(stack.server);
  const readers = createPlaces(16);
  // The time limit is so long that a session keeps its place among the readers during the whole
  // test.
  const patient = { timeouts: { ...timeouts, commandMs: 120_000 }, clock, readers };
  await using sessions = stack.openSessions(patient);
  const dripping = await Promise.all(
    Array.from({ length: 16 }, () => newMailUser(stack, { server: { port: drip.port } })),
  );
  drip.pace = (text) => (text.includes("BODY[]") ? { bytes: 1, everyMs: 500 } : null);
  for (const user of dripping) {
    await stack.server.deliver(user.address, makeMail(1, 20_000));
    sessions.watch(user.account);
  }
  await eventually("the places that one host may take", () =>
    readers.held > 0 && readers.waiting === 16 - readers.held ? true : undefined,
  );

  const other = await newMailUser(stack, { server: { host: "localhost" } });
  sessions.watch(other.account);
  await other.watching();
  for (let n = 1; n <= 18; n++) {
    await stack.server.deliver(other.address, makeMail(n, 300));
    await other.recorded(n);
  }
  expect(await Promise.all(dripping.map((user) => user.recorded(0)))).toEqual(
    dripping.map(() => []),
  );
});
