import type { FetchedMail } from "./fetched-mail.ts";
import type { IdleWatch } from "./idle-watch.ts";
import type { ResponseCode } from "./response.ts";

/** Why a watch comes to rest, so that a full client continues on the connection. */
export type RestReason =
  /** There are more new mails than a watch reads. */
  | "many_mails"
  /** A mail is missing in the answer although the server has it, or lacks a requested item. */
  | "mail_incomplete"
  /** A mail is larger than what a watch fetches. */
  | "mail_large"
  /** The server shows mail behind the cursor that is not accounted for. */
  | "mail_behind"
  /** UIDVALIDITY changed. */
  | "renumbered"
  /** The server refused IDLE. */
  | "idle_refused"
  /** The server refused another command. */
  | "command_refused"
  /** The server ended IDLE by itself. */
  | "idle_ended"
  /** A response cannot be read. */
  | "unreadable"
  /** The owner of the watch asked for it. */
  | "asked";

/** Why a connection cannot be used any more. */
export type WatchEnd =
  /** The server sent BYE with this code and text. */
  | { why: "closed_by_server"; code: ResponseCode | null; text: string }
  /** The server does not answer in time, or answers too slowly. */
  | { why: "silent" }
  /** A response exceeds a limit. */
  | { why: "too_much_sent" }
  /** A mail is longer than the part of it that was asked for. */
  | { why: "part_ignored" }
  /** The server answered a command that was not sent. */
  | { why: "out_of_step" };

/** What a watch asks of the process that holds its socket. One host serves all watches. */
export interface IdleWatchHost {
  write(watch: IdleWatch, text: string): void;
  /** Calls `watch.onDue()` after this time, unless another deadline is set before. */
  setDeadline(watch: IdleWatch, ms: number): void;
  /**
   * Called when the server has announced mail. Call `watch.read()` when a reading place is free.
   */
  onAnnounced(watch: IdleWatch): void;
  /**
   * Called with new mails, ascending by UID. Every UID after the cursor up to `lastUid` either
   * belongs to one of the mails or does not exist. Call `watch.onRecorded()` when all mails are
   * recorded; until then no other mail is read.
   */
  onMails(watch: IdleWatch, mails: readonly FetchedMail[], lastUid: number): void;
  /** Called when the server has answered, and nothing is new. */
  onLooked(watch: IdleWatch): void;
  /** Called when no command is running. The mailbox is still open, and the server may report changes at any time. */
  onRest(watch: IdleWatch, why: RestReason): void;
  onEnd(watch: IdleWatch, end: WatchEnd): void;
}

/** Settings of all watches of a process. */
export interface IdleWatchSettings {
  /** The longest wait for the first byte of the answer to a command. */
  commandMs: number;
  /**
   * The interval at which the server is asked for mail that it did not announce. At most 29
   * minutes, since asking also renews IDLE.
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
  /** The existing UIDs among the 200 that end with `lastUid`. */
  present: readonly number[];
  /** Whether messages have Gmail's labels (X-GM-EXT-1). */
  hasLabels: boolean;
}
