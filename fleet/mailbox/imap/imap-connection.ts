import type { IdleEnd, IdleOutcome, IdleTask, IdleWatches } from "./idle/idle-watches.ts";
import type { RestReason } from "../../imap/idle-watch-host.ts";
import type { ListedMailbox } from "./choose-mailbox.ts";
import type { MessageHeader } from "./fetch/message-header.ts";
import type { ImapError } from "./failures/imap-error.ts";
import type { Work } from "./input/least-rate.ts";
import type { MailboxStatus } from "./mailbox-status.ts";

/**
 * One logged-in connection with one open mailbox: everything that a session asks of an IMAP server.
 * Its methods reject with ImapError.
 */
export interface ImapConnection extends AsyncDisposable {
  /** Aborts when the connection is closed, for any reason. */
  readonly closed: AbortSignal;
  /** Why the connection was closed while an IdleWatch used it; otherwise null. */
  readonly idleEnd: IdleEnd["why"] | null;
  /** Whether the server supports IDLE and has not refused it. */
  readonly supportsIdle: boolean;
  /** Whether messages have Gmail's labels (X-GM-EXT-1). */
  readonly hasLabels: boolean;
  list(): Promise<ListedMailbox[]>;
  /** Opens the mailbox read-only (EXAMINE), so that nothing is marked as seen. */
  examine(path: string): Promise<MailboxStatus>;
  /**
   * The last UIDVALIDITY that the server reported for the open mailbox. It may change in the middle
   * of a session. Null before EXAMINE.
   */
  readonly uidValidity: number | null;
  /**
   * Whether UIDs are valid beyond this connection; false when the server reports no UIDVALIDITY.
   */
  readonly keepsUids: boolean;
  /** How many messages the open mailbox holds. Null if the server does not report the number. */
  readonly messages: number | null;
  /** Returns the UID of the last message that can be fetched; 0 in an empty mailbox. */
  lastUid(): Promise<number>;
  /**
   * Returns the UIDs in a range, ascending; gaps are normal. With `since`, only mail received on
   * that day or later.
   */
  searchUids(first: number, last: number, since?: Date): Promise<number[]>;
  /** Returns all UIDs from `first` on, ascending. */
  searchFrom(first: number): Promise<number[]>;
  /**
   * Fetches headers, one per message, by ascending UID. Uses ENVELOPE. Uses the bytes of the header
   * if ENVELOPE fails or must be avoided. Leaves out messages that no longer exist or arrive
   * incomplete.
   */
  fetchHeaders(
    uids: readonly number[],
    options?: { avoidEnvelope?: boolean },
  ): Promise<MessageHeader[]>;
  /**
   * Fetches one header field of these messages, as raw lines. Messages without the field are left
   * out.
   */
  fetchHeaderField(uids: readonly number[], name: string): Promise<Map<number, Uint8Array>>;
  /** Fetches complete messages. Messages that no longer exist are left out. */
  fetchBodies(uids: readonly number[]): Promise<Map<number, Uint8Array>>;
  /** Returns the error to throw for a failed action. It includes what the server said last. */
  failure(action: string, cause: unknown): ImapError;
  /**
   * How many messages the server has announced since the last EXAMINE or `searchFrom()`. Only a
   * hint: the count may be wrong.
   */
  readonly announced: number;
  /** Begins work that takes several commands. The result shows whether the work takes too long. */
  beginWork(): Work;
  /**
   * Waits until the server announces mail, `maxMs` have passed, one of `ends` aborts or the
   * connection is closed. Uses IDLE (RFC 2177) if the server supports it.
   */
  waitForMail(maxMs: number, ends: readonly AbortSignal[]): Promise<void>;
  /**
   * Begins to watch the open mailbox with an IdleWatch instead of ImapFlow, which saves most of the
   * connection's memory. When the watch has ended (`task.onEnd()`), call `endIdleWatch()`. Until
   * then, the connection can only be disposed of.
   *
   * @returns false when an IdleWatch is not possible now.
   */
  beginIdleWatch(watches: IdleWatches, watching: IdleWatching): boolean;
  /** Asks the running IdleWatch to rest, so that it ends soon. */
  restIdleWatch(): void;
  /**
   * Continues with a new ImapFlow client on the same connection, after an IdleWatch has ended. The
   * mailbox must be opened again. If the connection is being disposed of, logs out instead.
   *
   * @returns why the watch rested; null when the connection was closed.
   */
  endIdleWatch(outcome: IdleOutcome): Promise<RestReason | null>;
}

/** How to watch the open mailbox, and what to do with its mail. */
export interface IdleWatching {
  /** Every UID up to this one is recorded, or does not exist. */
  lastUid: number;
  /** Which of the 200 UIDs up to and including `lastUid` exist. */
  present: readonly number[];
  /** The interval at which the server is asked for mail that it did not announce. */
  lookMs: number;
  task: IdleTask;
}
