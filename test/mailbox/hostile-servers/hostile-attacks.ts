import { type ServerAttack, STEPS } from "./hostile-server.ts";

const k = 1_024;
/** Texts that the server repeats without end. */
const FLOODS = {
  EXISTS: "* 5 EXISTS\r\n",
  EXPUNGE: "* 5 EXPUNGE\r\n",
  OK: "* OK\r\n",
  "CAPABILITY lines": "* CAPABILITY IMAP4rev1 IDLE\r\n",
  "LIST lines": '* LIST () "/" "a folder"\r\n',
  "changed flags": "* 1 FETCH (FLAGS (\\Seen))\r\n",
  "bodies that nobody asked for": `* 1 FETCH (UID 1 BODY[] {1000}\r\n${"x".repeat(1_000)})\r\n`,
  "lines that are no IMAP": "\x01\x02 hello\r\n",
  "long lines": `* OK ${"a ".repeat(20 * k)}\r\n`,
  "a line without end": "x",
  "NUL bytes": "\0",
  "go-aheads": "+ go\r\n",
  "answers to other commands": "ZZ OK\r\n",
  alerts: "* OK [ALERT] hello\r\n",
  "UIDVALIDITY changes": "* OK [UIDVALIDITY 8] \r\n* OK [UIDVALIDITY 9] \r\n",
  "SEARCH results": `* SEARCH ${"12345 ".repeat(1_000)}\r\n`,
  "ranges that vanished": "* VANISHED 1:16777216\r\n",
  "ranges that were found": "* ESEARCH UID ALL 1:4294967295\r\n",
  parentheses: `* LIST ${"(".repeat(10 * k)}\r\n`,
  tokens: `* 1 FETCH (${"1 ".repeat(20 * k)})\r\n`,
  "one response of literals": `{1000}\r\n${"x".repeat(1_000)} `,
} as const;

/** The attacks of a hostile mail server, each with the step at which it begins. */
export const ATTACKS: (ServerAttack & { name: string })[] = [
  ...Object.entries(FLOODS).map(([name, sends]) => ({ name, at: "IDLE" as const, sends })),
  ...STEPS.filter((at) => at !== "IDLE").flatMap((at) =>
    (["EXISTS", "a line without end", "one response of literals"] as const).map((name) => ({
      name,
      at,
      sends: FLOODS[name],
    })),
  ),
  { name: "LIST lines", at: "LIST", sends: FLOODS["LIST lines"] },
  { name: "SEARCH results", at: "SEARCH", sends: FLOODS["SEARCH results"] },
  { name: "ranges that were found", at: "SEARCH", sends: FLOODS["ranges that were found"] },
  { name: "one wide range", at: "SEARCH", sends: FLOODS["ranges that were found"], isOnce: true },
  {
    name: "one wide range, quoted",
    at: "SEARCH",
    sends: '* ESEARCH UID ALL "1:4294967295"\r\n',
    isOnce: true,
  },
  {
    name: "one wide range after a huge EXISTS",
    at: "SEARCH",
    sends: `* 4294967295 EXISTS\r\n${FLOODS["ranges that were found"]}`,
    isOnce: true,
  },
  {
    name: "bodies that nobody asked for",
    at: "BODIES",
    sends: FLOODS["bodies that nobody asked for"],
  },
  {
    name: "a literal of 4 GB",
    at: "BODIES",
    sends: "* 1 FETCH (UID 1 BODY[] {4294967295}\r\n",
    isOnce: true,
  },
  { name: "tokens", at: "HEADERS", sends: FLOODS.tokens },
  {
    name: "headers of other mails",
    at: "HEADERS",
    sends: '* 2 FETCH (UID 2 RFC822.SIZE 5 ENVELOPE (NIL "x" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n',
  },
];
