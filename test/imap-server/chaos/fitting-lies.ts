import type { ImapCommand } from "../parsing/command.ts";
import type { ChaosKind } from "./chaos-kind.ts";
import { hasLiteral } from "./false-literal.ts";

/** Lies that happen before a command is executed, or instead of its execution. */
export type CommandLie = Exclude<ChaosKind, GreetingLie | ResponseLie | AnnouncementLie>;
export type ResponseLie =
  | "gibberish_untagged"
  | "bye"
  | "disconnect"
  | "slow_drip"
  | "literal_larger"
  | "literal_smaller"
  | RowLie
  | "message_limit"
  | "exists_forgotten"
  | "exists_never"
  | "number_hostile"
  | "uidnext_left_out";
/** Lies about a row of FETCH. */
export type RowLie =
  | "row_left_out"
  | "row_unasked"
  | "row_unreadable"
  | "row_without_uid"
  | "date_odd"
  | "literal_empty"
  | "body_changed";
type GreetingLie = "greeting_bye" | "greeting_never";
type AnnouncementLie = "exists_early";

// The order within each of these lists matters: with another order, the same seed gives other lies.
export const GREETING_LIES: readonly GreetingLie[] = ["greeting_bye", "greeting_never"];
/** Lies for the moment before the server announces mail with EXISTS. */
export const ANNOUNCEMENT_LIES: readonly AnnouncementLie[] = ["exists_early"];
const ANY_RESPONSE: readonly ResponseLie[] = [
  "gibberish_untagged",
  "bye",
  "disconnect",
  "slow_drip",
];
const WITH_LITERAL: readonly ResponseLie[] = [...ANY_RESPONSE, "literal_larger", "literal_smaller"];
const ANY_COMMAND: readonly CommandLie[] = [
  "command_bad",
  "command_unanswered",
  "half_open",
  "gibberish_tagged",
];

const ROW: readonly ResponseLie[] = [
  "row_left_out",
  "row_unasked",
  "row_unreadable",
  "row_without_uid",
];

/**
 * Returns the lies that fit a response. Recognises the kind of response by its beginning, because
 * the rest may be a large message.
 */
export function liesIn(response: Uint8Array): readonly ResponseLie[] {
  const lies = hasLiteral(response) ? WITH_LITERAL : ANY_RESPONSE;
  const head = Buffer.from(response.subarray(0, 2_000)).toString("latin1");
  if (/^\* \d+ FETCH/.test(head)) {
    const ofDate = /INTERNALDATE "/.test(head) ? (["date_odd"] as const) : [];
    const ofBody = /BODY\[\] \{[1-9]/.test(head)
      ? (["literal_empty", "body_changed"] as const)
      : [];
    return [...lies, ...ROW, ...ofDate, ...ofBody];
  }
  if (/^\* SEARCH \d+ \d/.test(head)) return [...lies, "message_limit"];
  if (isExists(response)) return [...lies, "exists_forgotten", "number_hostile", "exists_never"];
  if (head.startsWith("* OK [UIDNEXT")) return [...lies, "uidnext_left_out"];
  return lies;
}

export const isExists = (response: Uint8Array): boolean =>
  /^\* \d+ EXISTS/.test(Buffer.from(response.subarray(0, 30)).toString("latin1"));

export function liesTo(name: ImapCommand["name"], isSelected: boolean): readonly CommandLie[] {
  // Clients do not wait for the answer to LOGOUT, so they would not notice a lie.
  if (name === "LOGOUT") return [];
  // A login never gets `command_no`, a NO without a response code. Clients would treat it as a
  // wrong password, which `login_refused` already simulates.
  if (name === "LOGIN" || name === "AUTHENTICATE")
    return [...ANY_COMMAND, "login_refused", "login_unavailable", "login_limit"];
  if (name === "SELECT" || name === "EXAMINE")
    return [...ANY_COMMAND, "command_no", "missing_inbox", "uid_validity_reset"];
  const lies: CommandLie[] = [...ANY_COMMAND, "command_no"];
  if (name === "IDLE") lies.push("idle_unanswered");
  if (name === "SEARCH") lies.push("search_refused");
  if (isSelected) lies.push("uid_validity_reset");
  return lies;
}
