import type { ImapFlow } from "imapflow";
import { MAX_UID } from "./batches.ts";
import type { ListedMailbox } from "./choose-mailbox.ts";
import type { MessageHeader } from "./decide.ts";
import { ImapError } from "./failure.ts";
import { type ConnectOptions, newImapClient, onUidValidity } from "./imap-client.ts";
import { toHeader } from "./message-header.ts";
import type { MailboxStatus } from "./plan.ts";

/** One logged-in connection to one mailbox: what a session asks of an IMAP server, and no more. Fails with ImapError. */
export interface ImapConnection extends AsyncDisposable {
  /** Aborts when the connection is gone, whatever the cause. */
  readonly closed: AbortSignal;
  /** False also once the server has refused it. */
  readonly supportsIdle: boolean;
  list(): Promise<ListedMailbox[]>;
  /** Opens read-only (EXAMINE), so that nothing is marked as seen. */
  examine(path: string): Promise<MailboxStatus>;
  /** What the server last said of the open mailbox, be it in the middle of a session; null before EXAMINE. */
  readonly uidValidity: number | null;
  /** UID of the last message that can be fetched; 0 in an empty mailbox. */
  lastUid(): Promise<number>;
  /** UIDs between two, ascending; gaps are normal. With a date: of mail that came on that day or later. */
  searchUids(first: number, last: number, since?: Date): Promise<number[]>;
  /** Headers of these messages by ascending UID; what is gone is left out. */
  fetchHeaders(uids: readonly number[]): Promise<MessageHeader[]>;
  /** Headers of all messages from a UID on, or null when there are more than `max`. */
  fetchHeadersFrom(firstUid: number, max: number): Promise<MessageHeader[] | null>;
  /** Whole messages; what is gone is left out. */
  fetchBodies(uids: readonly number[]): Promise<Map<number, Uint8Array>>;
  /** How many messages the server has announced since EXAMINE, or since `fetchHeadersFrom`. A hint: counts may lie. */
  readonly announced: number;
  /**
   * Waits until the server announces mail, `maxMs` have passed, one of `ends` aborts or the connection is
   * gone. Uses IDLE (RFC 2177) where the server has it.
   */
  waitForMail(maxMs: number, ends: readonly AbortSignal[]): Promise<void>;
}

/** Connects and logs in. A `signal` that aborts meanwhile ends it at once. */
export async function connectImap(
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<ImapConnection> {
  const { timeouts } = options;
  const client = newImapClient(options);
  const gone = new AbortController();
  let announced = 0;
  let uidValidity: number | null = null;
  let wake = () => {};
  // Before connect(): a reset without a listener is an uncaught exception. `close` always follows.
  client.on("error", () => {});
  client.on("close", () => gone.abort());
  client.on("exists", ({ count, prevCount }) => {
    // A count that falls without an EXPUNGE lied before; EXAMINE may have told none.
    const more = count - prevCount;
    announced += more > 1 ? more : 1;
    wake();
  });
  onUidValidity(client, (told) => {
    if (uidValidity !== null && told !== uidValidity) wake();
    uidValidity = told;
  });

  /** Runs a command under a deadline that each sign of life puts off. */
  const run = async <T>(action: string, command: (alive: () => void) => Promise<T>): Promise<T> => {
    const timer = setTimeout(() => client.close(), timeouts.commandMs);
    try {
      return await command(() => timer.refresh());
    } catch (cause) {
      throw new ImapError(action, cause);
    } finally {
      clearTimeout(timer);
    }
  };

  /** @returns null when there are more than `max`; what is read of them is not kept. */
  const fetchHeaders = (range: string, max: number) =>
    run("fetch headers", async (alive) => {
      let headers: MessageHeader[] | null = [];
      const query = { uid: true, internalDate: true, size: true, envelope: true, labels: true };
      for await (const message of client.fetch(range, query, { uid: true })) {
        alive();
        headers?.push(toHeader(message));
        if (headers && headers.length > max) headers = null;
      }
      return headers?.toSorted((a, b) => a.uid - b.uid) ?? null;
    });

  await logIn();
  let supportsIdle = client.capabilities.has("IDLE");

  async function logIn() {
    const abandon = () => client.close();
    signal.addEventListener("abort", abandon, { once: true });
    try {
      if (signal.aborted) throw new ImapError("log in", signal.reason);
      await run("log in", () => client.connect());
    } finally {
      signal.removeEventListener("abort", abandon);
    }
  }

  return {
    closed: gone.signal,
    get supportsIdle() {
      return supportsIdle;
    },
    get announced() {
      return announced;
    },
    get uidValidity() {
      return uidValidity;
    },
    list: () => run("list mailboxes", () => client.list({ listOnly: true })),
    examine: (path) =>
      run("open the mailbox", async () => {
        const mailbox = await client.mailboxOpen(path, { readOnly: true });
        announced = 0;
        uidValidity = Number(mailbox.uidValidity);
        // UIDNEXT may be missing (RFC 9051, 6.3.2 only recommends it): then the last message tells.
        const uidNext = mailbox.uidNext || (await lastUid(client)) + 1;
        return { uidValidity, uidNext };
      }),
    lastUid: () => run("find the last message", () => lastUid(client)),
    searchUids: (first, last, since) =>
      run("search the mailbox", async () => {
        const query = { uid: `${first}:${last}`, ...(since && { since }) };
        const uids = await client.search(query, { uid: true });
        if (!Array.isArray(uids)) throw new Error("The server refused to search");
        return uids.filter((uid) => uid >= first && uid <= last).toSorted((a, b) => a - b);
      }),
    async fetchHeaders(uids) {
      const asked = new Set(uids);
      const headers = (await fetchHeaders(uids.join(","), Infinity)) ?? [];
      return headers.filter(({ uid }) => asked.has(uid));
    },
    async fetchHeadersFrom(firstUid, max) {
      // Only here and at EXAMINE: a fetch of some UIDs would hide what came while it ran.
      announced = 0;
      const headers = await fetchHeaders(`${firstUid}:*`, max);
      // `n:*` always holds the last message, even when its UID is below n (RFC 9051, 9: seq-range).
      return headers?.filter(({ uid }) => uid >= firstUid) ?? null;
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
    async waitForMail(maxMs, others) {
      if (announced > 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const done = () => resolve();
      const ends = [...others, gone.signal];
      for (const end of ends) end.addEventListener("abort", done);
      const timers = [setTimeout(done, maxMs), ...(supportsIdle ? [watchIdle()] : [])];
      wake = done;
      if (ends.some((end) => end.aborted)) done();
      // It ends when the next command breaks it, when the server does, or when the server has none.
      else if (supportsIdle) idle().then(done, done);
      await promise;
      wake = () => {};
      for (const timer of timers) clearTimeout(timer);
      for (const end of ends) end.removeEventListener("abort", done);
    },
    async [Symbol.asyncDispose]() {
      const timer = setTimeout(() => client.close(), timeouts.logoutMs);
      await client.logout().catch(() => client.close());
      clearTimeout(timer);
    },
  };

  /** After a refusal the library would not send IDLE again, and ask every two minutes instead. */
  async function idle() {
    const result: unknown = await client.idle();
    if (result === false) supportsIdle = false;
  }

  /** The acknowledgement of IDLE is the first thing to come after it. */
  function watchIdle() {
    const { received } = client.stats();
    return setTimeout(() => {
      if (client.stats().received === received) client.close();
    }, timeouts.commandMs);
  }
}

/** `n:*` always holds the last message (RFC 9051, 9: seq-range); a mailbox that claims to have some must show it. */
async function lastUid(client: ImapFlow): Promise<number> {
  if (!client.mailbox || client.mailbox.exists === 0) return 0;
  const uids: number[] = [];
  for await (const { uid } of client.fetch(`${MAX_UID}:*`, { uid: true }, { uid: true })) {
    uids.push(uid);
  }
  if (uids.length === 0) throw new Error("The server shows no last message");
  return Math.max(...uids);
}
