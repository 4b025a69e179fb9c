import type { FetchedMail } from "./fetched-mail.ts";
import type { IdleWatch } from "./idle-watch.ts";
import type { ResponseCode } from "./response.ts";

/** Why a watch comes to rest, so that a full client continues on the connection. */
export type RestReason =
  /** More new mails than are read in one go. */
  | "many_mails"
  /** A mail that the server has is missing in its answer, or came without all that was asked for. */
  | "mail_incomplete"
  /** A mail is larger than what is fetched in one go. */
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
  /** A response that cannot be read. */
  | "unreadable"
  /** The owner of the watch asked for it. */
  | "asked";

/** Why a connection is of no use any more. */
export type WatchEnd =
  /** BYE, with its text. */
  | { why: "closed_by_server"; code: ResponseCode | null; text: string }
  /** No answer in time, or one that comes too slowly. */
  | { why: "silent" }
  /** A response exceeds a limit. */
  | { why: "too_much_sent" }
  /** A mail is longer than the part of it that was asked for. */
  | { why: "part_ignored" }
  /** An answer to a command that was not sent. */
  | { why: "out_of_step" };

/** What a watch asks of the process that holds its socket. One host serves all watches. */
export interface IdleWatchHost {
  write(watch: IdleWatch, text: string): void;
  /** Calls `watch.onDue()` after this time, unless another deadline is set before. */
  setDeadline(watch: IdleWatch, ms: number): void;
  /** Called when the server has announced mail. Call `watch.read()` when there is a place for it. */
  onAnnounced(watch: IdleWatch): void;
  /**
   * Called with new mails, ascending by UID. Every UID after the cursor up to `lastUid` is either among them or does
   * not exist. Call `watch.onRecorded()` once all are recorded; until then no other mail is read.
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
  /** How long a command may take before the first byte of its answer. */
  commandMs: number;
  /** How often the server is asked for mail that it did not announce. Also renews IDLE; at most 29 minutes. */
  lookMs: number;
}

/** The open mailbox that is watched. */
export interface WatchedMailbox {
  uidValidity: number;
  /** Every UID up to this one is recorded, or does not exist. */
  lastUid: number;
  /** How many messages it holds. */
  exists: number;
  /** The UIDs among the last 200 up to `lastUid` that exist. */
  present: readonly number[];
  /** Whether messages have Gmail's labels (X-GM-EXT-1). */
  hasLabels: boolean;
}
