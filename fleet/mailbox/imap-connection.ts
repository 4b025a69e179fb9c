import type { SecureContext } from "node:tls";
import { ImapFlow } from "imapflow";
import type { Credentials, ImapServer } from "./account.ts";
import type { ListedMailbox } from "./choose-mailbox.ts";
import type { MessageHeader } from "./decide.ts";
import { ImapError } from "./failure.ts";
import { toHeader } from "./message-header.ts";
import type { MailboxStatus } from "./plan.ts";

/** One logged-in connection to one mailbox: what a session asks of an IMAP server, and no more. Fails with ImapError. */
export interface ImapConnection extends AsyncDisposable {
  /** Aborts when the connection is gone, whatever the cause. */
  readonly closed: AbortSignal;
  readonly supportsIdle: boolean;
  list(): Promise<ListedMailbox[]>;
  /** Opens read-only (EXAMINE), so that nothing is marked as seen. */
  examine(path: string): Promise<MailboxStatus>;
  /** UIDs of mail that the server received on this day or later, ascending. */
  searchSince(date: Date): Promise<number[]>;
  /** UIDs between two, ascending; gaps are normal. */
  searchUids(first: number, last: number): Promise<number[]>;
  /** Headers of these messages by ascending UID; what is gone is left out. */
  fetchHeaders(uids: readonly number[]): Promise<MessageHeader[]>;
  /** Headers of all messages from a UID on. */
  fetchHeadersFrom(firstUid: number): Promise<MessageHeader[]>;
  /** Whole messages; what is gone is left out. */
  fetchBodies(uids: readonly number[]): Promise<Map<number, Uint8Array>>;
  /** How many messages the server has announced since EXAMINE, or since `fetchHeadersFrom`. */
  readonly announced: number;
  /**
   * Waits until the server announces mail, `maxMs` have passed, `signal` aborts or the connection is
   * gone. Uses IDLE (RFC 2177) where the server has it, else asks at the end of `maxMs`.
   */
  waitForMail(maxMs: number, signal: AbortSignal): Promise<void>;
}

export interface ConnectOptions {
  server: ImapServer;
  credentials: Credentials;
  /** Trusted authorities; one for the whole process. */
  secureContext: SecureContext;
  /** Just above the largest mail that is fetched: a server that announces more is not believed. */
  maxLiteralBytes: number;
}

const CONNECT_TIMEOUT_MS = 20_000;
const GREETING_TIMEOUT_MS = 10_000;
/** A command during which nothing comes for this long means that the server is gone. */
const COMMAND_TIMEOUT_MS = 60_000;
const LOGOUT_TIMEOUT_MS = 5_000;
const MAX_LINE_BYTES = 8 * 1_024 * 1_024;
const MINUTE_MS = 60_000;

/** Connects and logs in. */
export async function connectImap(options: ConnectOptions): Promise<ImapConnection> {
  const client = newClient(options);
  const gone = new AbortController();
  let announced = 0;
  let wake = () => {};
  // Before connect(): a reset without a listener is an uncaught exception. `close` always follows.
  client.on("error", () => {});
  client.on("close", () => gone.abort());
  client.on("exists", ({ count, prevCount }) => {
    announced += Math.max(count - prevCount, 0);
    wake();
  });

  /** Runs a command under a deadline that each sign of life puts off. */
  const run = async <T>(action: string, command: (alive: () => void) => Promise<T>): Promise<T> => {
    const timer = setTimeout(() => client.close(), COMMAND_TIMEOUT_MS);
    try {
      return await command(() => timer.refresh());
    } catch (cause) {
      throw new ImapError(action, cause);
    } finally {
      clearTimeout(timer);
    }
  };

  const fetchHeaders = (range: string) =>
    run("fetch headers", async (alive) => {
      const headers: MessageHeader[] = [];
      const query = { uid: true, internalDate: true, size: true, envelope: true, labels: true };
      for await (const message of client.fetch(range, query, { uid: true })) {
        alive();
        headers.push(toHeader(message));
      }
      return headers.toSorted((a, b) => a.uid - b.uid);
    });

  const search = (query: Parameters<ImapFlow["search"]>[0]) =>
    run("search the mailbox", async () => {
      const uids = await client.search(query, { uid: true });
      if (!Array.isArray(uids)) throw new Error("The server refused to search");
      return uids.toSorted((a, b) => a - b);
    });

  await run("log in", () => client.connect());
  const supportsIdle = client.capabilities.has("IDLE");

  return {
    closed: gone.signal,
    supportsIdle,
    get announced() {
      return announced;
    },
    list: () => run("list mailboxes", () => client.list({ listOnly: true })),
    examine: (path) =>
      run("open the mailbox", async () => {
        announced = 0;
        const mailbox = await client.mailboxOpen(path, { readOnly: true });
        // UIDNEXT may be missing (RFC 9051, 6.3.2 only recommends it): then the last message tells.
        const uidNext = mailbox.uidNext || (await lastUid(client)) + 1;
        return { uidValidity: Number(mailbox.uidValidity), uidNext };
      }),
    searchSince: (since) => search({ since }),
    searchUids: (first, last) => search({ uid: `${first}:${last}` }),
    fetchHeaders: (uids) => fetchHeaders(uids.join(",")),
    async fetchHeadersFrom(firstUid) {
      // Only here and at EXAMINE: a fetch of some UIDs would hide what came while it ran.
      announced = 0;
      const headers = await fetchHeaders(`${firstUid}:*`);
      // `n:*` always holds the last message, even when its UID is below n (RFC 9051, 9: seq-range).
      return headers.filter(({ uid }) => uid >= firstUid);
    },
    fetchBodies: (uids) =>
      run("fetch messages", async (alive) => {
        const bodies = new Map<number, Uint8Array>();
        const range = uids.join(",");
        for await (const { uid, source } of client.fetch(range, { source: true }, { uid: true })) {
          alive();
          if (source) bodies.set(uid, source);
        }
        return bodies;
      }),
    async waitForMail(maxMs, signal) {
      if (announced > 0) return;
      const ends = [signal, gone.signal];
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, maxMs);
        for (const end of ends) end.addEventListener("abort", done);
        wake = done;
        function done() {
          clearTimeout(timer);
          for (const end of ends) end.removeEventListener("abort", done);
          wake = () => {};
          resolve();
        }
        if (ends.some((end) => end.aborted)) done();
        // It ends when the next command breaks it, when the server does, or when the server has none.
        else if (supportsIdle) client.idle().then(done, done);
      });
      if (!supportsIdle && !ends.some((end) => end.aborted)) await run("poll", () => client.noop());
    },
    async [Symbol.asyncDispose]() {
      const timer = setTimeout(() => client.close(), LOGOUT_TIMEOUT_MS);
      await client.logout().catch(() => client.close());
      clearTimeout(timer);
    },
  };
}

async function lastUid(client: ImapFlow): Promise<number> {
  const message = await client.fetchOne("*", { uid: true });
  return message ? message.uid : 0;
}

function newClient({
  server,
  credentials,
  secureContext,
  maxLiteralBytes,
}: ConnectOptions): ImapFlow {
  return new ImapFlow({
    host: server.host,
    port: server.port,
    secure: server.security === "tls",
    doSTARTTLS: server.security === "starttls",
    auth: { user: credentials.username, pass: credentials.password },
    tls: { secureContext },
    logger: false,
    emitLogs: false,
    // The library would wait 15 s after each command before it idles again.
    disableAutoIdle: true,
    // Costs 326 KB a connection.
    disableCompression: true,
    qresync: false,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: GREETING_TIMEOUT_MS,
    // Longer than any silence that is meant: the session renews IDLE before, commands have their own deadline.
    socketTimeout: (server.idleMinutes + 1) * MINUTE_MS,
    maxLiteralSize: maxLiteralBytes,
    maxLineLength: MAX_LINE_BYTES,
  });
}
