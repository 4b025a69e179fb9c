import type { FetchQueryObject, ImapFlow } from "imapflow";
import { MAX_UID } from "../catch-up/batches.ts";
import type { ListedMailbox } from "./choose-mailbox.ts";
import type { MessageHeader } from "../catch-up/decide.ts";
import { ImapError } from "./failure.ts";
import {
  type ConnectOptions,
  type ImapTimeouts,
  newImapClient,
  onUidValidity,
} from "./imap-client.ts";
import { toHeader } from "./message-header.ts";
import type { MailboxStatus } from "../catch-up/plan.ts";

/** One logged-in connection to one mailbox: what a session asks of an IMAP server, and no more. Fails with ImapError. */
export interface ImapConnection extends AsyncDisposable {
  /** Aborts when the connection is gone, whatever the cause. */
  readonly closed: AbortSignal;
  /** False also once the server has refused it. */
  readonly supportsIdle: boolean;
  /** Whether messages have Gmail's labels (X-GM-EXT-1). */
  readonly hasLabels: boolean;
  list(): Promise<ListedMailbox[]>;
  /** Opens read-only (EXAMINE), so that nothing is marked as seen. */
  examine(path: string): Promise<MailboxStatus>;
  /** What the server last said of the open mailbox, be it in the middle of a session; null before EXAMINE. */
  readonly uidValidity: number | null;
  /** UID of the last message that can be fetched; 0 in an empty mailbox. */
  lastUid(): Promise<number>;
  /** UIDs between two, ascending; gaps are normal. With a date: of mail that came on that day or later. */
  searchUids(first: number, last: number, since?: Date): Promise<number[]>;
  /** All UIDs from one on, ascending. */
  searchFrom(first: number): Promise<number[]>;
  /** Headers of these messages by ascending UID, one each. What is gone, or came incomplete, is left out. */
  fetchHeaders(uids: readonly number[]): Promise<MessageHeader[]>;
  /** One header field of these messages, its lines as they are; those without it are left out. */
  fetchHeaderField(uids: readonly number[], name: string): Promise<Map<number, Uint8Array>>;
  /** Whole messages; what is gone is left out. */
  fetchBodies(uids: readonly number[]): Promise<Map<number, Uint8Array>>;
  /** How many messages the server has announced since EXAMINE, or since `searchFrom`. A hint: counts may lie. */
  readonly announced: number;
  /**
   * Waits until the server announces mail, `maxMs` have passed, one of `ends` aborts or the connection is
   * gone. Uses IDLE (RFC 2177) where the server has it.
   */
  waitForMail(maxMs: number, ends: readonly AbortSignal[]): Promise<void>;
}

/** What it means when the server refuses a login without a word. */
const REFUSALS = {
  password: "wrong_password",
  oauth2: "token_refused",
  oauth1: "consent_withdrawn",
} as const;

/** Connects and logs in. A `signal` that aborts meanwhile ends it at once. */
export async function connectImap(
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<ImapConnection> {
  const connection = new ClientConnection(options);
  await connection.logIn(signal);
  return connection;
}

/** A class, since a process has thousands of them: closures would cost each a few kilobytes. */
class ClientConnection implements ImapConnection {
  supportsIdle = true;
  hasLabels = false;
  announced = 0;
  uidValidity: number | null = null;
  readonly #client: ImapFlow;
  readonly #timeouts: ImapTimeouts;
  readonly #login: keyof typeof REFUSALS;
  readonly #gone = new AbortController();
  #wake = () => {};

  constructor(options: ConnectOptions) {
    this.#client = newImapClient(options);
    this.#timeouts = options.timeouts;
    this.#login = options.credentials.kind;
    // Before connect(): a reset without a listener is an uncaught exception. `close` always follows.
    this.#client.on("error", ignore);
    this.#client.on("close", () => this.#gone.abort());
    this.#client.on("exists", ({ count, prevCount }) => {
      // A count that falls without an EXPUNGE lied before; EXAMINE may have told none.
      const more = count - prevCount;
      this.announced += more > 1 ? more : 1;
      this.#wake();
    });
    onUidValidity(this.#client, (told) => {
      if (this.uidValidity !== null && told !== this.uidValidity) this.#wake();
      this.uidValidity = told;
    });
  }

  get closed() {
    return this.#gone.signal;
  }

  async logIn(signal: AbortSignal): Promise<void> {
    const abandon = () => this.#client.close();
    signal.addEventListener("abort", abandon, { once: true });
    try {
      if (signal.aborted) throw new ImapError("log in", signal.reason);
      await this.#run("log in", () => this.#client.connect());
      this.supportsIdle = this.#client.capabilities.has("IDLE");
      this.hasLabels = this.#client.capabilities.has("X-GM-EXT-1");
    } finally {
      signal.removeEventListener("abort", abandon);
    }
  }

  list() {
    return this.#run("list mailboxes", () => this.#client.list({ listOnly: true }));
  }

  examine(path: string) {
    return this.#run("open the mailbox", async () => {
      const mailbox = await this.#client.mailboxOpen(path, { readOnly: true });
      this.announced = 0;
      this.uidValidity = Number(mailbox.uidValidity);
      // UIDNEXT may be missing (RFC 9051, 6.3.2 only recommends it): then the last message tells.
      const uidNext = mailbox.uidNext || (await lastUid(this.#client)) + 1;
      return { uidValidity: this.uidValidity, uidNext };
    });
  }

  lastUid() {
    return this.#run("find the last message", () => lastUid(this.#client));
  }

  searchUids(first: number, last: number, since?: Date) {
    return this.#search({ first, last }, `${first}:${last}`, since);
  }

  searchFrom(first: number) {
    // Only here and at EXAMINE: a command about some UIDs would hide what came while it ran.
    this.announced = 0;
    // `n:*` always holds the last message, even when its UID is below n (RFC 9051, 9: seq-range).
    return this.#search({ first, last: MAX_UID }, `${first}:*`);
  }

  fetchHeaders(uids: readonly number[]) {
    return this.#run("fetch headers", async (alive) => {
      const asked = new Set(uids);
      const headers = new Map<number, MessageHeader>();
      const query = { uid: true, internalDate: true, size: true, envelope: true, labels: true };
      for await (const message of this.#client.fetch(uids.join(","), query, { uid: true })) {
        alive();
        const header = toHeader(message);
        // A server may report changed flags meanwhile, in rows of its own (RFC 9051, 7.5.2).
        if (header && asked.has(header.uid) && !headers.has(header.uid)) {
          headers.set(header.uid, header);
        }
      }
      return [...headers.values()].toSorted((a, b) => a.uid - b.uid);
    });
  }

  fetchHeaderField(uids: readonly number[], name: string) {
    return this.#fetchParts("fetch a header field", uids, { headers: [name] });
  }

  fetchBodies(uids: readonly number[]) {
    return this.#fetchParts("fetch messages", uids, { source: true });
  }

  async waitForMail(maxMs: number, others: readonly AbortSignal[]): Promise<void> {
    if (this.announced > 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = () => resolve();
    const ends = [...others, this.closed];
    for (const end of ends) end.addEventListener("abort", done);
    const timers = [setTimeout(done, maxMs), ...(this.supportsIdle ? [this.#watchIdle()] : [])];
    this.#wake = done;
    if (ends.some((end) => end.aborted)) done();
    // It ends when the next command breaks it, when the server does, or when the server has none.
    else if (this.supportsIdle) this.#idle().then(done, done);
    await promise;
    this.#wake = ignore;
    for (const timer of timers) clearTimeout(timer);
    for (const end of ends) end.removeEventListener("abort", done);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const timer = setTimeout(() => this.#client.close(), this.#timeouts.logoutMs);
    await this.#client.logout().catch(() => this.#client.close());
    clearTimeout(timer);
  }

  /** Runs a command under a deadline that each sign of life puts off. */
  async #run<T>(action: string, command: (alive: () => void) => Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.#client.close(), this.#timeouts.commandMs);
    try {
      return await command(() => timer.refresh());
    } catch (cause) {
      throw new ImapError(action, cause, REFUSALS[this.#login]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** UIDs that the server finds in a range and that are in it, ascending. */
  #search(bounds: { first: number; last: number }, range: string, since?: Date) {
    return this.#run("search the mailbox", async () => {
      const query = { uid: range, ...(since && { since }) };
      const uids = await this.#client.search(query, { uid: true });
      if (!Array.isArray(uids)) throw new Error("The server refused to search");
      const isWithin = (uid: number) => uid >= bounds.first && uid <= bounds.last;
      return [...new Set(uids)].filter(isWithin).toSorted((x, y) => x - y);
    });
  }

  /** What `query` asks for of each message, which is one thing. */
  #fetchParts(action: string, uids: readonly number[], query: FetchQueryObject) {
    return this.#run(action, async (alive) => {
      const parts = new Map<number, Uint8Array>();
      const messages = this.#client.fetch(uids.join(","), query, { uid: true });
      for await (const { uid, source, headers } of messages) {
        alive();
        const part = source ?? headers;
        if (part) parts.set(uid, part);
      }
      return parts;
    });
  }

  /** After a refusal the library would not send IDLE again, and ask every two minutes instead. */
  async #idle() {
    const result: unknown = await this.#client.idle();
    if (result === false) this.supportsIdle = false;
  }

  /** The acknowledgement of IDLE is the first thing to come after it. */
  #watchIdle() {
    const { received } = this.#client.stats();
    return setTimeout(() => {
      if (this.#client.stats().received === received) this.#client.close();
    }, this.#timeouts.commandMs);
  }
}

const ignore = () => {};

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
