import type { FetchMessageObject, FetchQueryObject, ImapFlow } from "imapflow";
import { MAX_UID } from "./uid-window.ts";
import type { ListedMailbox } from "./choose-mailbox.ts";
import type { MessageHeader } from "./fetch/message-header.ts";
import { ClientLog } from "./failures/client-log.ts";
import { ClientUids } from "./client-uids.ts";
import { ImapError } from "./failures/imap-error.ts";
import { InputGuard } from "./input/input-guard.ts";
import type { InputKind } from "./input/input-limits.ts";
import { fetchHeaderRows, fetchRows } from "./fetch/fetch-rows.ts";
import { type ConnectOptions, type ImapTimeouts, newImapClient } from "./imap-client.ts";
import { beginWork, type Rate, TooSlow, type Work, watchWork } from "./input/least-rate.ts";
import { listUids } from "./list-uids.ts";
import { watchResponseCodes } from "./failures/response-codes.ts";
import type { MailboxStatus } from "./mailbox-status.ts";

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
  /** False where the server says no UIDVALIDITY: the UIDs of this connection mean nothing in the next one. */
  readonly keepsUids: boolean;
  /** How many messages the server says that the open mailbox holds; null where it does not say. */
  readonly messages: number | null;
  /** UID of the last message that can be fetched; 0 in an empty mailbox. */
  lastUid(): Promise<number>;
  /** UIDs between two, ascending; gaps are normal. With a date: of mail that came on that day or later. */
  searchUids(first: number, last: number, since?: Date): Promise<number[]>;
  /** All UIDs from one on, ascending. */
  searchFrom(first: number): Promise<number[]>;
  /**
   * Headers of these messages by ascending UID, one each: from ENVELOPE, and where that cannot be had, or is to be
   * avoided, from the bytes of the header. What is gone, or came incomplete, is left out.
   */
  fetchHeaders(
    uids: readonly number[],
    options?: { avoidEnvelope?: boolean },
  ): Promise<MessageHeader[]>;
  /** One header field of these messages, its lines as they are; those without it are left out. */
  fetchHeaderField(uids: readonly number[], name: string): Promise<Map<number, Uint8Array>>;
  /** Whole messages; what is gone is left out. */
  fetchBodies(uids: readonly number[]): Promise<Map<number, Uint8Array>>;
  /** The error of an action that failed, with what the server said at last. */
  failure(action: string, cause: unknown): ImapError;
  /** How many messages the server has announced since EXAMINE, or since `searchFrom`. A hint: counts may lie. */
  readonly announced: number;
  /** Begins something that takes several commands. */
  beginWork(): Work;
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
  keepsUids = true;
  readonly #log = new ClientLog();
  readonly #client: ImapFlow;
  readonly #input: InputGuard;
  readonly #uids: ClientUids;
  #watch: Disposable | undefined;
  /** Stands for a UIDVALIDITY that the server does not say: UIDs hold for this connection then. */
  readonly #ownUidValidity = Math.floor(Date.now() / 1_000);
  readonly #timeouts: ImapTimeouts;
  readonly #login: keyof typeof REFUSALS;
  readonly #gone = new AbortController();
  #selects = false;
  #isTooSlow = false;
  /** The last response code that said why. */
  #lastCode: string | undefined;
  #wake = () => {};

  constructor(options: ConnectOptions) {
    this.#client = newImapClient(options, this.#log);
    this.#input = new InputGuard(this.#client, options.turns, options.maxLiteralBytes);
    this.#uids = new ClientUids(this.#client, this.#log, (kind) => this.#beginCommand(kind));
    // The next session begins when the server wants one: nobody waits meanwhile. Later, since the library says that it
    // will wait before it does, and only a wait that has begun is ended.
    this.#log.onThrottled = () => void setTimeout(() => this.#client.close());
    this.#timeouts = options.timeouts;
    this.#login = options.credentials.kind;
    // Before connect(): a reset without a listener is an uncaught exception. `close` always follows.
    this.#client.on("error", (error) => this.#input.onError(error));
    this.#client.on("close", () => this.#gone.abort());
    this.#client.on("exists", ({ count, prevCount }) => {
      // A count that falls without an EXPUNGE lied before; EXAMINE may have told none.
      const more = count - prevCount;
      this.announced += more > 1 ? more : 1;
      this.#wake();
    });
    watchResponseCodes(this.#client, {
      onUidValidity: (said) => {
        if (this.uidValidity !== null && said !== this.uidValidity) this.#wake();
        this.uidValidity = said;
      },
      onMessageLimit: (limit) => this.#uids.onMessageLimit(limit),
      onReason: (code) => (this.#lastCode = code),
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
      await this.#run("log in", "login", () => this.#client.connect());
      this.supportsIdle = this.#client.capabilities.has("IDLE");
      this.hasLabels = this.#client.capabilities.has("X-GM-EXT-1");
    } finally {
      signal.removeEventListener("abort", abandon);
    }
  }

  list() {
    return this.#run("list mailboxes", "list", () => this.#client.list({ listOnly: true }));
  }

  examine(path: string) {
    return this.#run("open the mailbox", "other", async () => {
      const mailbox = await this.#open(path);
      this.announced = 0;
      // Either may be missing (RFC 9051, 6.3.2: UIDNEXT is only recommended; 2.3.1.1: UIDs need not last).
      // Both are numbers of 32 bits (RFC 9051, 9: nz-number); more is none.
      const uidValidity = Number(mailbox.uidValidity ?? 0);
      this.keepsUids = uidValidity > 0 && uidValidity <= MAX_UID;
      this.uidValidity = this.keepsUids ? uidValidity : this.#ownUidValidity;
      const isUidNext = mailbox.uidNext > 0 && mailbox.uidNext <= MAX_UID + 1;
      const uidNext = isUidNext ? mailbox.uidNext : (await this.#uids.last()) + 1;
      return { uidValidity: this.uidValidity, uidNext };
    });
  }

  get messages(): number | null {
    const { mailbox } = this.#client;
    // Undefined where EXAMINE did not say EXISTS, whatever the library's types say.
    const exists: number | undefined = mailbox ? mailbox.exists : undefined;
    return exists ?? null;
  }

  lastUid() {
    return this.#run("find the last message", "search", () => this.#uids.last());
  }

  searchUids(first: number, last: number, since?: Date) {
    const range = { first, last };
    return this.#run("search the mailbox", "search", () => listUids(this.#uids, range, since));
  }

  searchFrom(first: number) {
    // Only here and at EXAMINE: a command about some UIDs would hide what came while it ran.
    this.announced = 0;
    // `n:*` always holds the last message, even when its UID is below n (RFC 9051, 9: seq-range).
    const range = { first, last: MAX_UID };
    return this.#run("search for new mail", "search", async () => {
      const found = await listUids(this.#uids, range);
      if (found.length > 0) return found;
      // Announced, and not found: it may be gone, or late, or SEARCH may be broken.
      const fetched = await this.#uids.fetch(range);
      const isMissed = fetched.kind === "all" && fetched.uids.some((uid) => uid >= first);
      if (!isMissed) return [];
      // Or it came between the two.
      const late = await listUids(this.#uids, range);
      if (late.length > 0) return late;
      this.#uids.distrustSearch();
      return listUids(this.#uids, range);
    });
  }

  fetchHeaders(uids: readonly number[], options: { avoidEnvelope?: boolean } = {}) {
    return this.#run("fetch headers", "headers", () =>
      fetchHeaderRows(this.#client, uids, options),
    );
  }

  fetchHeaderField(uids: readonly number[], name: string) {
    return this.#fetchParts("fetch a header field", "headers", uids, { headers: [name] });
  }

  fetchBodies(uids: readonly number[]) {
    return this.#fetchParts("fetch messages", "bodies", uids, { source: true });
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
    // Little is to come any more.
    this.#input.begin("login");
    const timer = setTimeout(() => this.#client.close(), this.#timeouts.logoutMs);
    await this.#client.logout().catch(() => this.#client.close());
    clearTimeout(timer);
  }

  beginWork() {
    return beginWork(this.#rate);
  }

  /** Runs one or more commands, each under a deadline that only what comes puts off. */
  async #run<T>(action: string, kind: InputKind, command: () => Promise<T>): Promise<T> {
    this.#beginCommand(kind);
    try {
      return await command();
    } catch (cause) {
      throw this.failure(action, this.#isTooSlow ? new TooSlow() : cause);
    } finally {
      this.#watch?.[Symbol.dispose]();
      this.#input.end();
    }
  }

  get #rate(): Rate {
    return {
      baseMs: this.#timeouts.commandMs,
      received: () => this.#client.stats().received,
    };
  }

  #beginCommand(kind: InputKind): void {
    this.#input.begin(kind);
    this.#watch?.[Symbol.dispose]();
    this.#watch = watchWork(this.#rate, (why) => {
      this.#isTooSlow = why === "slow";
      this.#client.close();
    });
  }

  failure(action: string, cause: unknown): ImapError {
    const bye: unknown = Reflect.get(this.#client, "byeReason");
    const isGreeted = Reflect.get(this.#client, "greetingReceived") === true;
    const hasSaidBye = typeof bye === "string";
    return new ImapError(action, cause, {
      refusal: REFUSALS[this.#login],
      ...(hasSaidBye && { bye, byeCode: this.#lastCode }),
      throttledMs: this.#log.throttledMs,
      excess: this.#input.excess,
      isOther: !isGreeted && !hasSaidBye && this.#client.stats().received > 0,
      isEncrypted: this.#client.secureConnection,
    });
  }

  /** What `query` asks for of each message, which is one thing. */
  #fetchParts(
    action: string,
    kind: "headers" | "bodies",
    uids: readonly number[],
    query: FetchQueryObject,
  ) {
    const toPart = ({ source, headers }: FetchMessageObject) => source ?? headers;
    return this.#run(action, kind, () => fetchRows(this.#client, uids, query, toPart));
  }

  /**
   * EXAMINE, so that nothing is marked as seen. Courier numbers only what somebody has selected: its UIDs may name
   * other mail in the next session, and it is known by saying no UIDNEXT. Nothing is marked as seen in such a mailbox
   * either, since bodies are only peeked at.
   */
  async #open(path: string) {
    // The library would ask LIST for it, which not every server answers.
    const folders: unknown = Reflect.get(this.#client, "folders");
    if (folders instanceof Map && !folders.has(path)) folders.set(path, { path });
    if (!this.#selects) {
      const mailbox = await this.#client.mailboxOpen(path, { readOnly: true });
      if (mailbox.uidNext) return mailbox;
      this.#selects = true;
    }
    return this.#client.mailboxOpen(path, { readOnly: false });
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
