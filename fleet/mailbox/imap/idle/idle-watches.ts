import type { Duplex } from "node:stream";
import type { Clock } from "../../../../shared/clock.ts";
import type { FetchedMail } from "../../../imap/fetched-mail.ts";
import { IdleWatch } from "../../../imap/idle-watch.ts";
import type {
  IdleWatchHost,
  IdleWatchSettings,
  RestReason,
  WatchedMailbox,
  WatchEnd,
} from "../../../imap/idle-watch-host.ts";
import { BLAMED_BYTES, countLines, InputCount } from "../input/input-limits.ts";
import type { InputTurns } from "../input/input-turns.ts";
import { SharedTexts } from "./shared-texts.ts";
import { TimerWheel } from "./timer-wheel.ts";

/** What to do with the mail of one watched mailbox. */
export interface IdleTask {
  /** Waits for a permit to read mail; dispose it afterwards. Rejects when mail must not be read. */
  takePlace(): Promise<Disposable>;
  /** Resolves when the mails are recorded. `announcedMs`: when the server announced them. */
  record(mails: readonly FetchedMail[], announcedMs: number): Promise<void>;
  /**
   * Called when the server has answered.
   *
   * @param caughtUpMs All mail that the server had at this time is recorded now. Null when the answer
   * does not show this.
   */
  onHeard(caughtUpMs: number | null): void;
  /** Called once, when the watch has ended. No other method is called afterwards. */
  onEnd(outcome: IdleOutcome): void;
}

/** How a watch ended. */
export type IdleOutcome =
  /**
   * ImapFlow, the full client, can continue on the socket. The socket is paused. Data that the
   * server sent meanwhile can still be read from it. `error`: why the mail could not be read or
   * recorded.
   */
  | { kind: "rest"; why: RestReason; error?: Error }
  /** The connection is closed. */
  | { kind: "closed"; end: IdleEnd };

/** Why a connection was closed while an IdleWatch used it. */
export type IdleEnd = WatchEnd | { why: "connection_closed" } | { why: "stalled" };

interface Entry {
  host: IdleWatches;
  socket: Duplex;
  watch: IdleWatch;
  task: IdleTask;
  count: InputCount;
  /** Whether `count` counts the answers to commands. */
  isAsking: boolean;
  /** When the last SEARCH was sent. */
  askedMs: number;
  dueTick: number;
  place: Disposable | null;
  announcedMs: number;
  /** The running `task.record()`, if any. The watch ends only after the mails are recorded. */
  recording: Promise<void> | null;
  /** Whether the watch is ending. It reads nothing more, and ends when `recording` is done. */
  isEnding: boolean;
  error: Error | undefined;
  /** The rest of the last chunk, which waits until the event loop has time for it. */
  unread: Uint8Array | null;
}

/** No limits: IdleWatch itself limits the answers to its commands. */
const ASKED = { bytes: Infinity, responses: Infinity, lineBytes: Infinity, literalBytes: Infinity };
/** How many bytes are handled without a pause. */
const PIECE_BYTES = 16 * 1_024;
/** The longest time for which one piece of PIECE_BYTES may block the process. */
const STALL_MS = 200;
const ENTRY = Symbol("entry");

type WatchedSocket = Duplex & { [ENTRY]?: Entry };

/**
 * Watches the mailboxes of one process on sockets that are logged in. Many thousands of watches
 * share one timer and the same listeners. InputTurns divides the time of the event loop among all
 * connections.
 */
export class IdleWatches implements IdleWatchHost, Disposable {
  /** Texts that many sockets have in common. */
  readonly texts = new SharedTexts();
  readonly #clock: Clock;
  readonly #turns: InputTurns;
  readonly #wheel: TimerWheel<Entry>;
  readonly #entries = new Map<IdleWatch, Entry>();

  constructor(clock: Clock, turns: InputTurns) {
    this.#clock = clock;
    this.#turns = turns;
    this.#wheel = new TimerWheel(clock, ({ watch }) => watch.onDue());
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * Begins to watch. The watch ends when ImapFlow must continue, when the connection is closed, or
   * after `rest()` of the returned watch. Then `task.onEnd()` is called.
   */
  begin(socket: Duplex, mailbox: WatchedMailbox & IdleWatchSettings, task: IdleTask): IdleWatch {
    const watch = new IdleWatch(this, mailbox, mailbox);
    const entry: Entry = {
      host: this,
      socket,
      watch,
      task,
      count: new InputCount(this.#turns.nowMs()),
      isAsking: false,
      askedMs: 0,
      dueTick: 0,
      place: null,
      announcedMs: 0,
      recording: null,
      isEnding: false,
      error: undefined,
      unread: null,
    };
    this.#entries.set(watch, entry);
    listen(socket, entry);
    watch.begin();
    return watch;
  }

  write(watch: IdleWatch, text: string): void {
    const entry = this.#entries.get(watch);
    if (!entry) return;
    this.#beginCount(entry);
    if (entry.isAsking) entry.askedMs = this.#clock.now();
    entry.socket.write(text);
  }

  /** Begins to count the answers to commands, or the data that arrives unasked in IDLE. */
  #beginCount(entry: Entry): void {
    entry.isAsking = entry.watch.isAsking;
    entry.count.begin(entry.isAsking ? ASKED : null, this.#turns.nowMs());
  }

  setDeadline(watch: IdleWatch, ms: number): void {
    const entry = this.#entries.get(watch);
    if (entry) this.#wheel.set(entry, ms);
  }

  onAnnounced(watch: IdleWatch): void {
    const entry = this.#entries.get(watch);
    if (!entry) return;
    entry.announcedMs = this.#clock.now();
    void this.#read(entry);
  }

  onMails(watch: IdleWatch, mails: readonly FetchedMail[]): void {
    const entry = this.#entries.get(watch);
    if (entry) entry.recording = this.#record(entry, mails);
  }

  onLooked(watch: IdleWatch): void {
    const entry = this.#entries.get(watch);
    if (!entry) return;
    release(entry);
    entry.task.onHeard(findSearchedMs(entry));
  }

  onRest(watch: IdleWatch, why: RestReason): void {
    const entry = this.#entries.get(watch);
    if (!entry) return;
    void this.#finish(entry, () => {
      if (entry.socket.destroyed) return CLOSED;
      unlisten(entry.socket);
      if (entry.unread && entry.unread.length > 0) entry.socket.unshift(entry.unread);
      return { kind: "rest", why, ...(entry.error !== undefined && { error: entry.error }) };
    });
  }

  onEnd(watch: IdleWatch, end: IdleEnd): void {
    const entry = this.#entries.get(watch);
    if (!entry) return;
    entry.socket.destroy();
    void this.#finish(entry, () => ({ kind: "closed", end }));
  }

  /**
   * Ends a watch with this outcome. Waits until fetched mail is recorded, even if the connection is
   * closed meanwhile. Does nothing if the watch is ending already.
   */
  async #finish(entry: Entry, outcome: () => IdleOutcome): Promise<void> {
    if (entry.isEnding) return;
    entry.isEnding = true;
    this.#wheel.delete(entry);
    entry.socket.pause();
    await entry.recording;
    release(entry);
    this.#entries.delete(entry.watch);
    entry.task.onEnd(outcome());
  }

  async #read(entry: Entry): Promise<void> {
    try {
      const place = await entry.task.takePlace();
      if (entry.isEnding) return place[Symbol.dispose]();
      entry.place = place;
      if (!entry.watch.read()) release(entry);
    } catch (error) {
      entry.error = toError(error);
      entry.watch.rest("asked");
    }
  }

  async #record(entry: Entry, mails: readonly FetchedMail[]): Promise<void> {
    const caughtUpMs = findSearchedMs(entry);
    try {
      // Records after the current call has returned. Otherwise the time for it would count as time
      // for handling the server's data.
      await Promise.resolve();
      await entry.task.record(mails, entry.announcedMs);
      release(entry);
      entry.task.onHeard(caughtUpMs);
      entry.watch.onRecorded();
    } catch (error) {
      entry.error = toError(error);
      entry.watch.rest("asked");
    }
  }

  /** Counts a chunk, and handles it in pieces. */
  receive(entry: Entry, chunk: Uint8Array): void {
    if (entry.isAsking !== entry.watch.isAsking) this.#beginCount(entry);
    // Answers contain mails, whose lines are not responses.
    const responses = entry.isAsking ? 0 : countLines(chunk);
    entry.count.add({ bytes: chunk.length, responses });
    if (entry.count.isOver) return this.onEnd(entry.watch, { why: "too_much_sent" });
    const isWaiting = entry.unread !== null;
    entry.unread = entry.unread ? Buffer.concat([entry.unread, chunk]) : chunk;
    if (!isWaiting) this.#handleUnread(entry);
    // Pauses the socket until the rest of this chunk is handled.
    if (entry.unread) entry.socket.pause();
  }

  #handleUnread(entry: Entry): void {
    this.#turns.take((done) => {
      const { unread } = entry;
      if (unread && !entry.isEnding) {
        const startedCpuMs = this.#turns.cpuMs();
        entry.unread = unread.length > PIECE_BYTES ? unread.subarray(PIECE_BYTES) : null;
        entry.watch.receive(unread.subarray(0, PIECE_BYTES));
        this.#charge(entry, this.#turns.cpuMs() - startedCpuMs);
      }
      done();
      if (entry.isEnding) return;
      if (entry.unread) this.#handleUnread(entry);
      else if (entry.socket.isPaused()) entry.socket.resume();
    }, entry.count.isHeavy(this.#turns.nowMs()));
  }

  #charge(entry: Entry, costMs: number): void {
    entry.count.addCost(costMs, this.#turns.nowMs());
    // If at most BLAMED_BYTES have arrived, something else has blocked the process.
    if (costMs > STALL_MS && entry.count.bytes > BLAMED_BYTES)
      this.onEnd(entry.watch, { why: "stalled" });
  }

  [Symbol.dispose](): void {
    this.#wheel[Symbol.dispose]();
  }
}

const CLOSED = { kind: "closed", end: { why: "connection_closed" } } as const;

/** Returns when the last SEARCH was sent. Returns null while found or announced mail is not read. */
const findSearchedMs = ({ watch, askedMs }: Entry) => (watch.hasFoundAll ? askedMs : null);

function release(entry: Entry): void {
  entry.place?.[Symbol.dispose]();
  entry.place = null;
}

/**
 * Handles the data of a socket. All sockets share this function: a closure for each would cost
 * memory.
 */
function onData(this: WatchedSocket, chunk: Uint8Array): void {
  const entry = this[ENTRY];
  entry?.host.receive(entry, chunk);
}

function onClose(this: WatchedSocket): void {
  const entry = this[ENTRY];
  entry?.host.onEnd(entry.watch, { why: "connection_closed" });
}

function listen(socket: WatchedSocket, entry: Entry): void {
  socket[ENTRY] = entry;
  socket.on("data", onData);
  socket.on("close", onClose);
  // Errors are ignored: `close` always follows. This listener is never removed: an error without a
  // listener would be an uncaught exception.
  if (!socket.listeners("error").includes(ignore)) socket.on("error", ignore);
  socket.resume();
}

function unlisten(socket: WatchedSocket): void {
  delete socket[ENTRY];
  socket.off("data", onData);
  socket.off("close", onClose);
}

const toError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));
const ignore = () => {};
