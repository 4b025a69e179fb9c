import type { FlagChange, ImapCommand, MessageSet, StatusItem } from "./command.ts";
import { parseFetchItems } from "./fetch-item.ts";
import { storableFlags } from "./flags.ts";
import { Scanner } from "./scanner.ts";
import { parseSearchKeys } from "./search-key.ts";
import { MONTHS } from "../sessions/wire.ts";

const STATUS_ITEMS: StatusItem[] = ["MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN"];

/**
 * Returns the tag of a command. Undefined means that the line has no tag. In this case, the server
 * can only send an untagged answer.
 */
export function commandTag(text: string): string | undefined {
  return /^[^\P{ASCII}\p{Cc} (){"%*\\+]+(?= )/u.exec(text)?.[0];
}

/**
 * Parses the command after the tag.
 * @param text Latin-1. Contains literals in the form of the protocol: `{5}`, CR LF, five bytes.
 * @throws {ImapSyntaxError}
 */
export function parseCommand(text: string): ImapCommand {
  const scanner = new Scanner(text);
  const byUid = scanner.take("UID ");
  const name = scanner.atom().toUpperCase();
  const command = byUid
    ? parseMessageCommand(scanner, name, "uid")
    : parsePlainCommand(scanner, name);
  scanner.end();
  return command;
}

function parsePlainCommand(scanner: Scanner, name: string): ImapCommand {
  switch (name) {
    case "CAPABILITY":
    case "NOOP":
    case "CHECK":
    case "LOGOUT":
    case "STARTTLS":
    case "NAMESPACE":
    case "CLOSE":
    case "UNSELECT":
    case "IDLE":
      return { name };
    case "EXPUNGE":
      return { name, uids: undefined };
    case "SEARCH":
    case "FETCH":
    case "STORE":
      return parseMessageCommand(scanner, name, "sequence");
    default:
      scanner.space();
      return parseCommandWithArguments(scanner, name);
  }
}

function parseCommandWithArguments(scanner: Scanner, name: string): ImapCommand {
  switch (name) {
    case "ID":
      if (!scanner.take("NIL")) scanner.list(() => scanner.take("NIL") || scanner.string());
      return { name };
    case "ENABLE":
      do scanner.atom();
      while (scanner.take(" "));
      return { name };
    case "LOGIN": {
      const login = scanner.astring();
      scanner.space();
      return { name, login, password: scanner.astring() };
    }
    case "AUTHENTICATE": {
      const mechanism = scanner.atom().toUpperCase();
      return {
        name,
        mechanism,
        initialResponse: scanner.take(" ") ? scanner.astring() : undefined,
      };
    }
    case "LIST":
      return parseList(scanner);
    case "LSUB": {
      const reference = scanner.astring();
      scanner.space();
      return { name, reference, pattern: scanner.pattern() };
    }
    case "STATUS": {
      const mailbox = scanner.astring();
      scanner.space();
      return { name, mailbox, items: scanner.list(() => parseStatusItem(scanner)) };
    }
    case "CREATE":
    case "SELECT":
    case "EXAMINE":
      return { name, mailbox: scanner.astring() };
    case "APPEND":
      return parseAppend(scanner);
    default:
      return scanner.fail("a known command");
  }
}

function parseMessageCommand(scanner: Scanner, name: string, by: MessageSet["by"]): ImapCommand {
  scanner.space();
  if (name === "SEARCH") {
    const charset = scanner.take("CHARSET ") ? scanner.astring().toUpperCase() : undefined;
    if (charset !== undefined) scanner.space();
    return { name, answer: by, charset: charset ?? "US-ASCII", key: parseSearchKeys(scanner) };
  }
  const set = scanner.sequenceSet();
  if (name === "EXPUNGE") return { name, uids: set };
  scanner.space();
  if (name === "FETCH") return { name, messages: { by, set }, items: parseFetchItems(scanner) };
  if (name === "STORE") return { name, messages: { by, set }, change: parseFlagChange(scanner) };
  return scanner.fail("SEARCH, FETCH, STORE or EXPUNGE");
}

/**
 * Parses LIST (RFC 5258): `LIST [(selection)] reference pattern-or-(patterns) [RETURN (options)]`.
 */
function parseList(scanner: Scanner): ImapCommand {
  const selection = scanner.startsWith("(")
    ? scanner.list(() => scanner.atom().toUpperCase())
    : undefined;
  if (selection) scanner.space();
  const reference = scanner.astring();
  scanner.space();
  const patterns = scanner.listOrOne(() => scanner.pattern());
  if (scanner.take(" RETURN ")) scanner.list(() => scanner.atom());
  return {
    name: "LIST",
    reference,
    patterns,
    onlySpecialUse: selection?.includes("SPECIAL-USE") ?? false,
  };
}

function parseStatusItem(scanner: Scanner): StatusItem {
  const name = scanner.atom().toUpperCase();
  return STATUS_ITEMS.find((item) => item === name) ?? scanner.fail("a STATUS item");
}

function parseFlagChange(scanner: Scanner): FlagChange {
  const action = scanner.take("+") ? "add" : scanner.take("-") ? "remove" : "replace";
  scanner.expect("FLAGS");
  const silent = scanner.take(".SILENT");
  scanner.space();
  return { action, silent, flags: storableFlags(scanner.listOrOne(() => scanner.flag())) };
}

function parseAppend(scanner: Scanner): ImapCommand {
  const mailbox = scanner.astring();
  scanner.space();
  const flags = scanner.startsWith("(") ? scanner.list(() => scanner.flag()) : undefined;
  if (flags) scanner.space();
  const internalDate = scanner.startsWith('"') ? parseDateTime(scanner) : undefined;
  if (internalDate !== undefined) scanner.space();
  const raw = Buffer.from(scanner.literal(), "latin1");
  return { name: "APPEND", mailbox, flags: storableFlags(flags ?? []), internalDate, raw };
}

/** Parses a time like `" 1-Feb-2026 12:34:56 +0100"`. */
function parseDateTime(scanner: Scanner): number {
  const text = scanner.string();
  const [, day = "", month = "", year, time, hours, minutes] =
    /^([ \d]\d)-(\w{3})-(\d{4}) (\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)$/.exec(text) ?? [];
  const monthNumber = MONTHS.indexOf(month) + 1;
  const date = `${year}-${String(monthNumber).padStart(2, "0")}-${day.replace(" ", "0")}`;
  const epochMs = Date.parse(`${date}T${time}${hours}:${minutes}`);
  return Number.isNaN(epochMs) ? scanner.fail("a date and time") : epochMs;
}
