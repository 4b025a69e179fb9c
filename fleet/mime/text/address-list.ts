import { type AddressToken, tokenizeAddresses } from "./address-tokens.ts";
import { decodeWords } from "./encoded-words.ts";

export interface MailAddress {
  name: string | null;
  address: string | null;
}

const ENCODED_ONLY = /^=\?[^?\s]+\?[QB]\?[^?\s]*\?=$/i;
/** All control characters except tab, CR and LF, which occur where a header is split into lines. */
const CONTROLS = /[^\P{Cc}\t\r\n]/gu;
const IN_BRACKETS = /<[^<>@]{1,1000}@[^<>@]{1,1000}>/;

/**
 * Returns the mailboxes of an address list (RFC 5322, 3.4 and 4.4; RFC 2047, 5), in order.
 *
 * - A group is replaced by its members.
 * - If the part before the @ is in quotes, the quotes belong to the address.
 * - If a mailbox has no other name, its comment is the name.
 * - Senders may write any text in quotes or comments, so an address there does not count.
 * - If a mailbox consists only of encoded words, its decoded text may contain the addresses.
 */
export function parseAddresses(list: string): MailAddress[] {
  const mailboxes = splitMailboxes(list.replaceAll(CONTROLS, ""));
  return mailboxes.flatMap((tokens) => parseMailbox(tokens, true));
}

function splitMailboxes(list: string): AddressToken[][] {
  const mailboxes: AddressToken[][] = [[]];
  for (const token of tokenizeAddresses(list)) {
    if (token.kind === "separator") mailboxes.push([]);
    else if (token.kind === "group") mailboxes[mailboxes.length - 1] = [];
    else mailboxes.at(-1)?.push(token);
  }
  return mailboxes;
}

function parseMailbox(tokens: readonly AddressToken[], mayDecode: boolean): MailAddress[] {
  const words = tokens.filter(({ kind }) => kind === "word" || kind === "quoted");
  const angle = tokens.find(({ kind, text }) => kind === "angle" && text !== "");
  const bare = angle ? null : findBareAddress(words);
  // A route before the address is obsolete (RFC 5322, 4.4), so it is removed.
  const address = angle?.text.replace(/^@[^:]*:/, "") ?? bare?.address ?? null;
  const named = bare ? words.toSpliced(bare.index, bare.count) : words;
  const texts = named.length > 0 ? named : tokens.filter(({ kind }) => kind === "comment");
  const source = texts
    .map(({ text, isGlued }, n) => (n > 0 && !isGlued ? ` ${text}` : text))
    .join("");
  const name = decodeWords(source).trim();
  if (mayDecode && address === null && IN_BRACKETS.test(name) && isEncoded(words)) {
    return splitMailboxes(name).flatMap((inner) => parseMailbox(inner, false));
  }
  if (address === null && name === "") return [];
  return [{ name: name === "" || name === address ? null : name, address }];
}

const isEncoded = (words: readonly AddressToken[]) =>
  words.length > 0 && words.every(({ text }) => ENCODED_ONLY.test(text));

interface BareAddress {
  address: string;
  /** The address consists of `count` words of the list, beginning with the one at `index`. */
  index: number;
  count: number;
}

/**
 * Finds an address without angle brackets: the first word with an @, joined with the words that
 * belong to it.
 */
function findBareAddress(words: readonly AddressToken[]): BareAddress | null {
  for (const [at, word] of words.entries()) {
    if (word.kind !== "word" || !word.text.includes("@")) continue;
    const [first, last] = [findStart(words, at), findEnd(words, at)];
    const parts = words.slice(first, last + 1).map(({ source, text }) => source ?? text);
    const address = withoutMarks(parts.join(""));
    if (/^.+@.+$/s.test(address)) return { address, index: first, count: parts.length };
  }
  return null;
}

/**
 * Returns the index of the first word of the local part. The local part may contain quoted strings,
 * and white space may follow it (RFC 5322, 3.2.4 and 4.4).
 */
function findStart(words: readonly AddressToken[], at: number): number {
  let first = at;
  for (;;) {
    const [before, here] = [words[first - 1], words[first]];
    const isLocal = here?.kind === "word" && /^[@.]/.test(here.text);
    const isGlued = here?.isGlued === true && (here.kind === "quoted" || isLocal);
    const isApart = here?.kind === "word" && here.text.startsWith("@") && before?.text !== "";
    const isDotted = here?.text === "." || before?.text === ".";
    if (!before || !(isGlued || isApart || isDotted)) return first;
    if (before.kind === "quoted" || !before.text.includes("@")) first--;
    else return first;
  }
}

function findEnd(words: readonly AddressToken[], at: number): number {
  let last = words[at]?.text.endsWith("@") === true && words[at + 1]?.kind === "word" ? at + 1 : at;
  while (words[last + 1]?.text === "." && words[last + 2]?.kind === "word") last += 2;
  return last;
}

/** Removes the marks that people put around an address in a text, such as parentheses. */
function withoutMarks(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && "'({".includes(text.charAt(start))) start++;
  while (end > start && "').}".includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}
