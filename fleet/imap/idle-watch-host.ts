import type { FetchedMail } from "./fetched-mail.ts";
import type { IdleWatch } from "./idle-watch.ts";
import type { ResponseCode } from "./responses/response.ts";

/**
 * The reasons why an IdleWatch rests. To rest means that it stops its work, and that the full
 * client (ImapFlow) continues on the connection.
 */
export type RestReason =
  /** There are more new mails than a watch reads (MAX_NEW_MAILS). */
  | "many_mails"
  /**
   * The answers to SEARCH and FETCH contain different mails. Or a mail lacks an item, or has an
   * unexpected length.
   */
  | "mail_incomplete"
  /** A mail is larger than a watch fetches (MAX_BODY_BYTES). */
  | "mail_large"
  /** The server shows a mail that was not there when the cursor passed its UID (AccountedUids). */
  | "mail_behind"
  /** UIDVALIDITY changed. */
  | "renumbered"
  /** The server refused IDLE. */
  | "idle_refused"
  /** The server refused a command other than IDLE. */
  | "command_refused"
  /** The server ended IDLE by itself. */
  | "idle_ended"
  /** A response cannot be read. */
  | "unreadable"
  /** The owner called `rest()`. */
  | "asked";

/** Why a connection cannot be used any more. */
export type WatchEnd =
  /** The server sent BYE with this code and text. */
  | { why: "closed_by_server"; code: ResponseCode | null; text: string }
  /** The server did not answer in time, or answered too slowly. */
  | { why: "silent" }
  /** The server refused a command and asked the client to wait. */
  | { why: "throttled"; pauseMs: number }
  /** The server sent more than a limit allows. */
  | { why: "too_much_sent" }
  /** A line of an answer exceeds the limit: there is more new mail than one line can list. */
  | { why: "line_too_long" }
  /** The server sent more of a mail than the requested part. */
  | { why: "part_ignored" }
  /** The server answered a command that was not sent, or answered commands in another order. */
  | { why: "out_of_step" };

/**
 * What an IdleWatch needs from its owner: a socket, a timer, and handlers of its events. One host
 * serves all watches of a process.
 */
export interface IdleWatchHost {
  write(watch: IdleWatch, text: string): void;
  /** Calls `watch.onDue()` after this time, unless another deadline is set before. */
  setDeadline(watch: IdleWatch, ms: number): void;
  /**
   * Called when the server has announced mail. The host calls `watch.read()` when its limit of
   * concurrent reads allows.
   */
  onAnnounced(watch: IdleWatch): void;
  /**
   * Called with new mails, ascending by UID. Every UID after the cursor up to `lastUid` belongs to
   * one of the mails or does not exist. Call `watch.onRecorded()` when all mails are recorded.
   * Until then, the watch reads no other mail.
   */
  onMails(watch: IdleWatch, mails: readonly FetchedMail[], lastUid: number): void;
  /**
   * Called when the server has answered a search and no mail was read. If the search found new
   * mail, `onAnnounced()` follows.
   */
  onLooked(watch: IdleWatch): void;
  /**
   * Called when the watch rests: no command is running. The mailbox is still open, and the server
   * may report changes at any time.
   */
  onRest(watch: IdleWatch, why: RestReason): void;
  onEnd(watch: IdleWatch, end: WatchEnd): void;
}

/** Settings of all watches of a process. */
export interface IdleWatchSettings {
  /** The longest wait for the first byte of the answer to a command. */
  commandMs: number;
  /**
   * How often the server is asked for mail that it did not announce. Each request also renews IDLE,
   * so this is at most 29 minutes (RFC 2177).
   */
  lookMs: number;
}

/** The open mailbox that is watched. */
export interface WatchedMailbox {
  uidValidity: number;
  /** Every UID up to this one is recorded, or does not exist. */
  lastUid: number;
  /** How many messages the mailbox holds. */
  exists: number;
  /** Which of the 200 UIDs up to and including `lastUid` exist. */
  present: readonly number[];
  /** Whether messages have Gmail's labels (X-GM-EXT-1). */
  hasLabels: boolean;
}
