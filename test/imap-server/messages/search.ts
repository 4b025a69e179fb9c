import { headerValue, parseHeader, splitMessage } from "./header.ts";
import type { NumberedMessage } from "../sessions/mailbox-view.ts";
import type { MailboxMessage } from "../accounts/message.ts";
import type { DateTest, SearchKey } from "../parsing/search-key.ts";
import { holdsNumber } from "../parsing/sequence-set.ts";
import { MONTHS } from "../sessions/wire.ts";

/** The numbers that `*` stands for in a search. */
interface LargestNumbers {
  sequence: number;
  uid: number;
}

/**
 * Returns whether a message matches the key. Texts are compared with the raw mail, without decoding
 * encoded words.
 */
export function matchesSearch(
  key: SearchKey,
  numbered: NumberedMessage,
  largest: LargestNumbers,
): boolean {
  const { sequence, message } = numbered;
  const matches = (operand: SearchKey) => matchesSearch(operand, numbered, largest);
  switch (key.key) {
    case "all":
      return true;
    case "sequence":
      return holdsNumber(key.set, sequence, largest.sequence);
    case "uid":
      return holdsNumber(key.set, message.uid, largest.uid);
    case "flag":
      return message.flags.has(key.flag) === key.present;
    case "internal-date":
      return passesDate(key.test, internalDay(message), key.day);
    case "sent-date":
      return passesDate(key.test, sentDay(message), key.day);
    case "header":
      return hasHeader(message, key.name, key.value);
    case "body":
      return contains(splitMessage(message.raw).body.toString("latin1"), key.value);
    case "text":
      return contains(Buffer.from(message.raw).toString("latin1"), key.value);
    case "size":
      return key.test === "larger"
        ? message.raw.length > key.bytes
        : message.raw.length < key.bytes;
    case "gmail-message":
      return message.gmail?.messageId === key.id;
    case "gmail-thread":
      return message.gmail?.threadId === key.id;
    case "not":
      return !matches(key.operand);
    case "or":
      return key.operands.some(matches);
    case "and":
      return key.operands.every(matches);
  }
}

function passesDate(test: DateTest, day: number | undefined, wanted: number): boolean {
  if (day === undefined) return false;
  switch (test) {
    case "before":
      return day < wanted;
    case "on":
      return day === wanted;
    case "since":
      return day >= wanted;
  }
}

/** Returns the day of INTERNALDATE in UTC, which is this server's time zone. */
function internalDay({ internalDate }: MailboxMessage): number {
  return Number(new Date(internalDate).toISOString().slice(0, 10).replaceAll("-", ""));
}

/** Returns the day of the header Date, in the sender's own time zone. */
function sentDay({ raw }: MailboxMessage): number | undefined {
  const date = headerValue(parseHeader(splitMessage(raw).header), "date") ?? "";
  const [, day, month = "", year] = /\b(\d{1,2}) ([A-Za-z]{3}) (\d{4})\b/.exec(date) ?? [];
  const monthIndex = MONTHS.findIndex((name) => name.toLowerCase() === month.toLowerCase());
  return monthIndex === -1
    ? undefined
    : Number(year) * 10_000 + (monthIndex + 1) * 100 + Number(day);
}

/** Returns whether the field exists and contains the value. Every field contains the empty text. */
function hasHeader({ raw }: MailboxMessage, name: string, value: string): boolean {
  const fields = parseHeader(splitMessage(raw).header);
  return fields.some((field) => field.name === name.toLowerCase() && contains(field.value, value));
}

function contains(text: string, part: string): boolean {
  return comparable(text).includes(comparable(part));
}

function comparable(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString("utf8").toLowerCase();
}
