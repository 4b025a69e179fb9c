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
import { EndlessAnswer, listUids } from "./list-uids.ts";
import { watchResponseCodes } from "./failures/response-codes.ts";
import type { MailboxStatus } from "./mailbox-status.ts";

/**
 * One logged-in connection with one open mailbox: everything that a session asks of an IMAP server. Its methods
 * reject with ImapError.
 */
export interface ImapConnection extends AsyncDisposable {
  /** Aborts when the connection is closed, for any reason. */
  readonly closed: AbortSignal;
  /** Also false once the server has refused IDLE. */
  readonly supportsIdle: boolean;
  /** Whether messages have Gmail's labels (X-GM-EXT-1). */
  readonly hasLabels: boolean;
  list(): Promise<ListedMailbox[]>;
  /** Opens the mailbox read-only (EXAMINE), so that nothing is marked as seen. */
  examine(path: string): Promise<MailboxStatus>;
  /**
   * The last UIDVALIDITY that the server reported for the open mailbox, possibly in the middle of a session; null
   * before EXAMINE.
   */
  readonly uidValidity: number | null;
  /** False when the server reports no UIDVALIDITY: its UIDs are then valid for this connection only. */
  readonly keepsUids: boolean;
  /** How many messages the open mailbox holds according to the server; null if it does not report it. */
  readonly messages: number | null;
  /** Returns the UID of the last message that can be fetched; 0 in an empty mailbox. */
  lastUid(): Promise<number>;
  /**
   * Returns the UIDs in a range, ascending; gaps are normal. With `since`, only mail received on that day or later.
   */
  searchUids(first: number, last: number, since?: Date): Promise<number[]>;
  /** Returns all UIDs from `first` on, ascending. */
  searchFrom(first: number): Promise<number[]>;
  /**
   * Fetches headers by ascending UID, one per message: from ENVELOPE, or from the bytes of the header if ENVELOPE
   * fails or is to be avoided. Messages that no longer exist or arrive incomplete are left out.
   */
  fetchHeaders(
    uids: readonly number[],
    options?: { avoidEnvelope?: boolean },
  ): Promise<MessageHeader[]>;
  /** Fetches one header field of these messages, as raw lines. Messages without the field are left out. */
  fetchHeaderField(uids: readonly number[], name: string): Promise<Map<number, Uint8Array>>;
  /** Fetches complete messages. Those that no longer exist are left out. */
  fetchBodies(uids: readonly number[]): Promise<Map<number, Uint8Array>>;
  /** Returns the error of a failed action, including what the server said last. */
  failure(action: string, cause: unknown): ImapError;
  /**
   * How many messages the server has announced since EXAMINE or `searchFrom`. Only a hint: the count may be wrong.
   */
  readonly announced: number;
  /** Begins work that takes several commands. */
  beginWork(): Work;
  /**
   * Waits until the server announces mail, `maxMs` have passed, one of `ends` aborts or the connection is closed.
   * Uses IDLE (RFC 2177) if the server supports it.
   */
  waitForMail(maxMs: number, ends: readonly AbortSignal[]): Promise<void>;
}

/** The reason to report when the server refuses a login without an explanation. */
const REFUSALS = {
  password: "wrong_password",
  oauth2: "token_refused",
  oauth1: "consent_withdrawn",
} as const;

/** Connects and logs in. Stops at once when `signal` aborts. */
export async function connectImap(
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<ImapConnection> {
  const connection = new ClientConnection(options);
  await connection.logIn(signal);
  return connection;
}

/** A class, because a process has thousands of connections and closures would cost each a few kilobytes. */
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
  /** Replaces a missing UIDVALIDITY: the UIDs are then valid for this connection only. */
  readonly #ownUidValidity = Math.floor(Date.now() / 1_000);
  readonly #timeouts: ImapTimeouts;
  readonly #login: keyof typeof REFUSALS;
  readonly #gone = new AbortController();
  #selects = false;
  #isTooSlow = false;
  /** The last response code that names a reason. */
  #lastCode: string | undefined;
  #wake = () => {};

  constructor(options: ConnectOptions) {
    this.#client = newImapClient(options, this.#log);
    this.#input = new InputGuard(this.#client, options.turns, options.maxLiteralBytes);
    this.#uids = new ClientUids(this.#client, this.#log, (kind) => this.#beginCommand(kind));
    // Closes the connection when the server throttles it; the next session waits instead. Uses setTimeout because the
    // library logs before it begins to wait, and closing only ends a wait that has begun.
    this.#log.onThrottled = () => void setTimeout(() => this.#client.close());
    this.#timeouts = options.timeouts;
    this.#login = options.credentials.kind;
    // Attached before connect(): a reset without a listener is an uncaught exception. `close` always follows.
    this.#client.on("error", (error) => this.#input.onError(error));
    this.#client.on("close", () => this.#gone.abort());
    this.#client.on("exists", ({ count, prevCount }) => {
      // Counts at least one: the count may fall without an EXPUNGE if it was wrong before, and EXAMINE may have
      // reported none.
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
      // Either may be missing (RFC 9051, 6.3.2: UIDNEXT is only recommended; 2.3.1.1: UIDs may change between
      // sessions). Both are 32-bit numbers (RFC 9051, 9: nz-number); a larger one counts as missing.
      const uidValidity = Number(mailbox.uidValidity ?? 0);
      this.keepsUids = uidValidity > 0 && uidValidity <= MAX_UID;
      this.uidValidity = this.keepsUids ? uidValidity : this.#ownUidValidity;
      const isUidNext = mailbox.uidNext > 0 && mailbox.uidNext <= MAX_UID + 1;
      const uidNext = isUidNext ? mailbox.uidNext : (await this.#uids.last()) + 1;
      return { uidValidity: this.uidValidity, uidNext };
    });
  }

  get messages(): number | null {
    return this.#uids.messages;
  }

  lastUid() {
    return this.#run("find the last message", "search", () => this.#uids.last());
  }

  searchUids(first: number, last: number, since?: Date) {
    const range = { first, last };
    return this.#run("search the mailbox", "search", () => listUids(this.#uids, range, since));
  }

  searchFrom(first: number) {
    // Reset only here and at EXAMINE. If a command for some UIDs reset it, mail that arrived meanwhile would be
    // missed.
    this.announced = 0;
    // `n:*` always includes the last message, even when its UID is below n (RFC 9051, 9: seq-range).
    const range = { first, last: MAX_UID };
    return this.#run("search for new mail", "search", async () => {
      const found = await listUids(this.#uids, range);
      if (found.length > 0) return found;
      // Announced but not found: the message may be expunged or delayed, or SEARCH may be broken.
      const fetched = await this.#uids.fetch(range);
      const isMissed = fetched.kind === "all" && fetched.uids.some((uid) => uid >= first);
      if (!isMissed) return [];
      // The message may also have arrived between the two commands.
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
    // IDLE ends when the next command interrupts it, when the server ends it, or when the server does not support it.
    else if (this.supportsIdle) this.#idle().then(done, done);
    await promise;
    this.#wake = ignore;
    for (const timer of timers) clearTimeout(timer);
    for (const end of ends) end.removeEventListener("abort", done);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Only a short answer is expected.
    this.#input.begin("login");
    const timer = setTimeout(() => this.#client.close(), this.#timeouts.logoutMs);
    await this.#client.logout().catch(() => this.#client.close());
    clearTimeout(timer);
  }

  beginWork() {
    return beginWork(this.#rate);
  }

  /** Runs one or more commands. Each has a deadline that only incoming data extends. */
  async #run<T>(action: string, kind: InputKind, command: () => Promise<T>): Promise<T> {
    this.#beginCommand(kind);
    try {
      return await command();
    } catch (cause) {
      if (cause instanceof EndlessAnswer) this.#input.giveUp(true);
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

  /** Fetches one part of each message; `query` selects it. */
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
   * Opens with EXAMINE, so that nothing is marked as seen. Courier assigns lasting UIDs only after a SELECT:
   * otherwise they may name other mail in the next session. It is recognized by its missing UIDNEXT, and the mailbox
   * is then opened with SELECT. Nothing is marked as seen there either, since bodies are fetched with PEEK.
   */
  async #open(path: string) {
    // Otherwise the library sends a LIST for the path, which not every server answers.
    const folders: unknown = Reflect.get(this.#client, "folders");
    if (folders instanceof Map && !folders.has(path)) folders.set(path, { path });
    if (!this.#selects) {
      const mailbox = await this.#client.mailboxOpen(path, { readOnly: true });
      if (mailbox.uidNext) return mailbox;
      this.#selects = true;
    }
    return this.#client.mailboxOpen(path, { readOnly: false });
  }

  /** Remembers that the server refused IDLE: the library would not send it again, but poll every two minutes. */
  async #idle() {
    const result: unknown = await this.#client.idle();
    if (result === false) this.supportsIdle = false;
  }

  /**
   * Closes the connection if the server does not acknowledge IDLE in time: that is the first data after the command.
   */
  #watchIdle() {
    const { received } = this.#client.stats();
    return setTimeout(() => {
      if (this.#client.stats().received === received) this.#client.close();
    }, this.#timeouts.commandMs);
  }
}

const ignore = () => {};
