import { COMMON_WORDS } from "./common-words.ts";

const MIN_LENGTH = 12;
/**
 * The maximum length of a password. It limits the cost of hashing; nobody types a longer password.
 */
const MAX_LENGTH = 200;
/** How many different characters must remain after all easily guessed parts are removed. */
const MIN_LEFT = 5;

/**
 * Rows of characters that are neighbours on a keyboard or in the alphabet. They are also searched
 * for in reverse.
 */
const ROWS = [
  "abcdefghijklmnopqrstuvwxyz",
  "01234567890",
  "qwertyuiop",
  "qwertzuiop",
  "asdfghjkl",
  "zxcvbnm",
  "yxcvbnm",
  "azertyuiop",
  "!@#$%^&*()",
  ...["1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol.", "0p;/"],
];
const BOTH_WAYS = [...ROWS, ...ROWS.map((row) => Array.from(row).toReversed().join(""))];
const MIN_RUN = 3;
const LONGEST_WORD = Math.max(...[...COMMON_WORDS].map((word) => word.length));

/**
 * Returns why an admin's password is rejected, as a text to show beside the field; undefined when
 * it is accepted. A password must be long and hard to guess, but need not mix character types (NIST
 * SP 800-63B, 5.1.1.2).
 */
export function passwordFault(password: string, email: string): string | undefined {
  const length = Array.from(password).length;
  if (length < MIN_LENGTH) return `must be at least ${MIN_LENGTH} characters long`;
  if (length > MAX_LENGTH) return `must be at most ${MAX_LENGTH} characters long`;
  const text = password.normalize("NFKC").toLowerCase();
  const [mailbox = ""] = email.toLowerCase().split("@");
  if (mailbox.length >= MIN_RUN && text.includes(mailbox)) {
    return "must not contain the e-mail address";
  }
  const isEasy = readings(text).some((reading) => new Set(dropGuessable(reading)).size < MIN_LEFT);
  return isEasy
    ? "must not be made of common words, neighbouring keys and repetitions alone"
    : undefined;
}

/**
 * Returns the variants of a text to check:
 *
 * - the text itself
 * - the text with letters instead of similar digits and signs (`o` instead of `0`)
 * - the text with every second character moved to the end
 */
const readings = (text: string) => [text, withLetters(text), everySecond(text)];

const STANDS_FOR: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
};
const withLetters = (text: string) => Array.from(text, (one) => STANDS_FOR[one] ?? one).join("");

const everySecond = (text: string) =>
  [0, 1]
    .map((rest) =>
      Array.from(text)
        .filter((_, index) => index % 2 === rest)
        .join(""),
    )
    .join("");

/**
 * Returns the text without common words, runs of neighbours such as `qwe` or `321`, and repetitions
 * such as `aaa`.
 */
function dropGuessable(text: string): string {
  let left = "";
  for (let at = 0; at < text.length;) {
    const taken = Math.max(wordAt(text, at), runAt(text, at));
    if (taken === 0) left += text.charAt(at);
    at += Math.max(taken, 1);
  }
  return left;
}

function wordAt(text: string, at: number): number {
  for (let length = LONGEST_WORD; length >= MIN_RUN; length--) {
    if (COMMON_WORDS.has(text.slice(at, at + length)) && at + length <= text.length) return length;
  }
  return 0;
}

function runAt(text: string, at: number): number {
  let length = 0;
  while (at + length < text.length && isRun(text.slice(at, at + length + 1))) length++;
  return length >= MIN_RUN ? length : 0;
}

const isRun = (text: string) => BOTH_WAYS.some((row) => row.includes(text)) || isRepeated(text);
const isRepeated = (text: string) => new Set(text).size === 1;
