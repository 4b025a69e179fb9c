import { once } from "node:events";
import type { FetchMessageObject, FetchQueryObject, ImapFlow } from "imapflow";
import type { IdleWatch } from "../../imap/idle-watch.ts";
import type { RestReason } from "../../imap/idle-watch-host.ts";
import type { ClientUids } from "./client-uids.ts";
import { clientCircumstances, idleCircumstances } from "./failures/circumstances.ts";
import { ClientLog } from "./failures/client-log.ts";
import { ImapError } from "./failures/imap-error.ts";
import { fetchHeaderRows, fetchRows } from "./fetch/fetch-rows.ts";
import { greetAgain, type IdleSocket, logOutOf, takeSocket } from "./idle/idle-socket.ts";
import type { IdleOutcome, IdleWatches } from "./idle/idle-watches.ts";
import type { ConnectOptions, ImapTimeouts } from "./imap-client.ts";
import type { IdleWatching, ImapConnection } from "./imap-connection.ts";
import type { InputGuard } from "./input/input-guard.ts";
import type { InputKind } from "./input/input-limits.ts";
import { beginWork, type Rate, TooSlow, watchWork } from "./input/least-rate.ts";
import { type Library, openLibrary } from "./library.ts";
import { EndlessAnswer, listUids } from "./list-uids.ts";
import { MailboxOpener } from "./mailbox-opener.ts";
import { MAX_UID } from "./uid-window.ts";

/** The reason to report when the server refuses a login without an explanation. */
const REFUSALS = {
  password: "wrong_password",
  oauth2: "token_refused",
  oauth1: "consent_withdrawn",
} as const;

const ignore = () => {};

/** Connects and logs in. Stops at once when `signal` aborts. */
export async function connectImap(
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<ImapConnection> {
  const connection = new ClientConnection(options);
  await connection.logIn(signal);
  return connection;
}

/**
 * This is a class because a process has thousands of connections. Closures would cost a few
 * kilobytes for each.
 */
class ClientConnection implements ImapConnection {
  supportsIdle = true;
  hasLabels = false;
  announced = 0;
  uidValidity: number | null = null;
  keepsUids = true;
  readonly #log = new ClientLog();
  readonly #options: ConnectOptions;
  /**
   * ImapFlow's client, the guard of its input and the reader of its UIDs. Null while an IdleWatch,
   * our small client for idle mailboxes, uses the socket.
   */
  #library: Library | null;
  #watch: Disposable | undefined;
  /**
   * The socket while an IdleWatch uses it; otherwise null. If the socket is closed during that
   * time, it stays here.
   */
  #idleSocket: IdleSocket | null = null;
  /**
   * Replaces a missing UIDVALIDITY. Without a UIDVALIDITY, the UIDs are valid for this connection
   * only.
   */
  readonly #ownUidValidity = Math.floor(Date.now() / 1_000);
  readonly #timeouts: ImapTimeouts;
  readonly #login: keyof typeof REFUSALS;
  #isClosed = false;
  /** Aborts `closed`. Made when it is needed, so that an idle connection has none. */
  #closed: AbortController | null = null;
  /** Watches the mailbox while the IdleWatch runs; otherwise null. */
  #idleWatch: IdleWatch | null = null;
  #isLeaving = false;
  readonly #opener = new MailboxOpener();
  #isTooSlow = false;
  /** The server's last response code that names the reason of a failure. */
  #lastCode: string | undefined;
  #wake = ignore;

  constructor(options: ConnectOptions) {
    this.#options = options;
    this.#timeouts = options.timeouts;
    this.#login = options.credentials.kind;
    this.#library = this.#open();
  }

  get #client(): ImapFlow {
    return this.#active.client;
  }

  get #input(): InputGuard {
    return this.#active.input;
  }

  get #uids(): ClientUids {
    return this.#active.uids;
  }

  /**
   * The same as `#library`. Throws while an IdleWatch uses the socket: no command can be sent then.
   */
  get #active(): Library {
    if (this.#library === null) throw new Error("The connection is not open for commands");
    return this.#library;
  }

  /** Creates an ImapFlow client, for a new connection or to continue on an existing one. */
  #open(continued?: IdleSocket): Library {
    return openLibrary(
      { options: this.#options, log: this.#log, ...(continued && { continued }) },
      {
        onCommand: (kind) => this.#beginCommand(kind),
        onClose: () => this.#onClosed(),
        onExists: (more) => {
          this.announced += more;
          this.#wake();
        },
        onUidValidity: (said) => {
          if (this.uidValidity !== null && said !== this.uidValidity) this.#wake();
          this.uidValidity = said;
        },
        onReason: (code) => (this.#lastCode = code),
      },
    );
  }

  get closed() {
    this.#closed ??= new AbortController();
    if (this.#isClosed) this.#closed.abort();
    return this.#closed.signal;
  }

  #onClosed(): void {
    this.#isClosed = true;
    this.#closed?.abort();
  }

  get idleEnd() {
    return this.#idleSocket?.end?.why ?? null;
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
      const mailbox = await this.#opener.open(this.#client, path);
      this.announced = 0;
      // Some servers send no UIDVALIDITY (RFC 9051, 2.3.1.1) or no UIDNEXT (6.3.2). Both have 32
      // bits (9: nz-number). A larger number counts as missing.
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
    // Only this command and EXAMINE reset `announced`. If a command for only some UIDs reset it,
    // mail that arrived meanwhile would be missed.
    this.announced = 0;
    // The server is asked for `n:*`. Its answer always includes the last message, even one with a
    // UID below n (RFC 9051, 9: seq-range). Such a message is ignored.
    const range = { first, last: MAX_UID };
    return this.#run("search for new mail", "search", async () => {
      const found = await listUids(this.#uids, range);
      if (found.length > 0) return found;
      // SEARCH found nothing. An announced message may be expunged or delayed. SEARCH may also be
      // broken, so FETCH is tried.
      const fetched = await this.#uids.fetch(range);
      const isMissed = fetched.kind === "all" && fetched.uids.some((uid) => uid >= first);
      if (!isMissed) return [];
      // The message may also have arrived between SEARCH and FETCH, so search again.
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
    // IDLE ends when the next command interrupts it, or when the server ends or refuses it.
    else if (this.supportsIdle) this.#idle().then(done, done);
    await promise;
    this.#wake = ignore;
    for (const timer of timers) clearTimeout(timer);
    for (const end of ends) end.removeEventListener("abort", done);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isLeaving = true;
    if (this.#library === null) return this.#leaveIdle();
    const { client, input } = this.#library;
    // The limits of a login suffice, since only a short answer is expected.
    input.begin("login");
    const timer = setTimeout(() => client.close(), this.#timeouts.logoutMs);
    await client.logout().catch(() => client.close());
    clearTimeout(timer);
  }

  beginIdleWatch(watches: IdleWatches, { task, ...mailbox }: IdleWatching): boolean {
    // The server does not announce the same mail again to the watch. So announced mail must be read
    // first.
    if (this.announced > 0 || this.#library === null) return false;
    const idle = takeSocket(this.#client, this.#input, watches.texts);
    if (!idle) return false;
    const watched = {
      ...mailbox,
      uidValidity: this.uidValidity ?? 0,
      exists: this.messages ?? 0,
      hasLabels: this.hasLabels,
      commandMs: this.#timeouts.commandMs,
    };
    this.#library = null;
    this.#log.onThrottled = ignore;
    this.#idleSocket = idle;
    this.#closed = null;
    this.#idleWatch = watches.begin(idle.socket, watched, task);
    return true;
  }

  restIdleWatch(): void {
    this.#idleWatch?.rest("asked");
  }

  async endIdleWatch(outcome: IdleOutcome): Promise<RestReason | null> {
    const idle = this.#idleSocket;
    this.#idleWatch = null;
    if (idle === null) throw new Error("No IdleWatch uses the connection");
    if (outcome.kind === "closed") {
      idle.end = outcome.end;
      this.#onClosed();
      return null;
    }
    if (this.#isLeaving) {
      await logOutOf(idle, this.#timeouts.logoutMs);
      this.#onClosed();
      return outcome.why;
    }
    if (outcome.why === "idle_refused") this.supportsIdle = false;
    greetAgain(idle);
    this.#library = this.#open(idle);
    this.#idleSocket = null;
    await this.#run("continue on the connection", "login", () => this.#client.connect());
    if (outcome.error !== undefined) throw outcome.error;
    return outcome.why;
  }

  /**
   * Waits until the connection is closed. When the IdleWatch rests, `endIdleWatch()` logs out and
   * closes the connection. If the server is too slow for that, the socket is closed here.
   */
  async #leaveIdle(): Promise<void> {
    if (this.#isClosed) return;
    this.restIdleWatch();
    const timer = setTimeout(() => this.#idleSocket?.socket.destroy(), this.#timeouts.logoutMs);
    await once(this.closed, "abort");
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
      this.#watch = undefined;
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
    const circumstances = this.#library
      ? clientCircumstances(this.#library, this.#log, this.#lastCode)
      : idleCircumstances(this.#idleSocket, this.#log);
    return new ImapError(action, cause, { refusal: REFUSALS[this.#login], ...circumstances });
  }

  /** Fetches the part of each message that `query` selects. */
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
   * Sends IDLE. If the server refuses it, `waitForMail()` never calls this again: ImapFlow would
   * poll every two minutes instead of sending IDLE.
   */
  async #idle() {
    const result: unknown = await this.#client.idle();
    if (result === false) this.supportsIdle = false;
  }

  /**
   * Closes the connection if the server does not acknowledge IDLE in time. Any data after the
   * command counts as the acknowledgement.
   */
  #watchIdle() {
    const { received } = this.#client.stats();
    return setTimeout(() => {
      if (this.#client.stats().received === received) this.#client.close();
    }, this.#timeouts.commandMs);
  }
}
