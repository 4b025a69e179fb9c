import type { FetchItem } from "./fetch-item.ts";
import type { SearchKey } from "./search-key.ts";
import type { SequenceSet } from "./sequence-set.ts";

/** The messages that a command applies to, by UID or by sequence number. */
export interface MessageSet {
  by: "uid" | "sequence";
  set: SequenceSet;
}

export type StatusItem = "MESSAGES" | "RECENT" | "UIDNEXT" | "UIDVALIDITY" | "UNSEEN";

/**
 * The parsed form of each command that the server knows. Strings are Latin-1: one character is one
 * byte.
 */
export type ImapCommand =
  | {
      name: "CAPABILITY" | "NOOP" | "CHECK" | "LOGOUT" | "STARTTLS" | "ID" | "NAMESPACE" | "ENABLE";
    }
  | { name: "CLOSE" | "UNSELECT" | "IDLE" }
  | { name: "LOGIN"; login: string; password: string }
  | { name: "AUTHENTICATE"; mechanism: string; initialResponse: string | undefined }
  | { name: "LIST"; reference: string; patterns: string[]; onlySpecialUse: boolean }
  | { name: "LSUB"; reference: string; pattern: string }
  | { name: "CREATE"; mailbox: string }
  | { name: "STATUS"; mailbox: string; items: StatusItem[] }
  | { name: "SELECT" | "EXAMINE"; mailbox: string }
  | {
      name: "APPEND";
      mailbox: string;
      flags: string[];
      internalDate: number | undefined;
      raw: Uint8Array;
    }
  | { name: "SEARCH"; answer: "uid" | "sequence"; charset: string; key: SearchKey }
  | { name: "FETCH"; messages: MessageSet; items: FetchItem[] }
  | { name: "STORE"; messages: MessageSet; change: FlagChange }
  | { name: "EXPUNGE"; uids: SequenceSet | undefined };

export interface FlagChange {
  action: "replace" | "add" | "remove";
  flags: string[];
  silent: boolean;
}
