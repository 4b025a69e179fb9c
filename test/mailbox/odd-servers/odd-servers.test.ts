import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appendMail } from "../../harness/mail-servers/mail-client.ts";
import { hurriedClock } from "../hurried-clock.ts";
import { newMailUser } from "../mail-user.ts";
import { MAIL_SERVERS, type SessionStack, startSessionStack } from "../session-stack.ts";
import { startTamperingProxy, type TamperingProxy } from "../tampering-proxy.ts";

const HOUR_MS = 3_600_000;
const makeMail = (n: number, subject = String(n)) =>
  `From: bob@example.com\r\nMessage-ID: <${n}@example.com>\r\nSubject: ${subject}\r\n\r\nHello ${n}\r\n`;

/** Unusual behaviour of a server. */
interface Oddity {
  name: string;
  onCommand?: TamperingProxy["onCommand"];
  onResponse?: TamperingProxy["onResponse"];
}

const refuse =
  (isRefused: RegExp, reply = "BAD not here"): TamperingProxy["onCommand"] =>
  (command) =>
    isRefused.test(command) ? { reply } : "pass";
const withoutLine =
  (line: RegExp): TamperingProxy["onResponse"] =>
  (text) =>
    text.replaceAll(line, "");

/**
 * Limits each result of SEARCH to two messages, which `cut` chooses. The answer reports the limit
 * (RFC 9738).
 */
const limited =
  (cut: (uids: string[]) => string[]): TamperingProxy["onResponse"] =>
  (text) =>
    text.replaceAll(/^\* SEARCH((?: \d+)+)\r\n(\S+) OK /gm, (all, found: string, tag: string) => {
      const uids = found.trim().split(" ");
      if (uids.length <= 2) return all;
      const some = cut(uids);
      return `* SEARCH ${some.join(" ")}\r\n${tag} OK [MESSAGELIMIT 2 ${some[0]}] `;
    });

let searchesByDate = false;

const ODDITIES: Oddity[] = [
  {
    name: "it looks at the last two messages of a range",
    onResponse: limited((uids) => uids.slice(-2)),
  },
  {
    name: "it looks at the first two messages of a range",
    onResponse: limited((uids) => uids.slice(0, 2)),
  },
  { name: "it says no UIDNEXT", onResponse: withoutLine(/^\* OK \[UIDNEXT.*\r\n/gm) },
  {
    name: "it says no UIDNEXT, and takes no UID above 2^31",
    onCommand: refuse(/UID FETCH 4294967295/),
    onResponse: withoutLine(/^\* OK \[UIDNEXT.*\r\n/gm),
  },
  {
    name: "it says no UIDNEXT, and fetches by UID alone",
    onCommand: refuse(/^\S+ FETCH|UID FETCH 4294967295/),
    onResponse: withoutLine(/^\* OK \[UIDNEXT.*\r\n/gm),
  },
  {
    name: "it says neither EXISTS nor UIDNEXT when a mailbox is opened",
    onResponse: (text) =>
      text.includes("[UIDVALIDITY")
        ? text.replaceAll(/^\* (OK \[UIDNEXT|\d+ EXISTS|\d+ RECENT).*\r\n/gm, "")
        : text,
  },
  { name: "it says no UIDVALIDITY", onResponse: withoutLine(/^\* OK \[UIDVALIDITY.*\r\n/gm) },
  { name: "it refuses to search", onCommand: refuse(/UID SEARCH/) },
  { name: "it refuses to search by date", onCommand: refuse(/SINCE|YOUNGER/, "NO not by date") },
  {
    name: "its answers to SEARCH cannot be read",
    onResponse: (text) => text.replaceAll(/^\* E?SEARCH/gm, (found) => `${found} (((`),
  },
  {
    name: "its ENVELOPE cannot be read",
    onResponse: (text) => text.replaceAll(/ENVELOPE \("?/g, (found) => `${found}"""(`),
  },
  {
    name: "it says ENVELOPE NIL",
    onResponse: (text) =>
      text
        .replaceAll(/ENVELOPE \(.*\)(?=\)\r\n)/g, "ENVELOPE NIL")
        .replaceAll(/ENVELOPE \(.*?\)\) (?=UID|INTERNALDATE|RFC822)/g, "ENVELOPE NIL "),
  },
  {
    name: "it hangs up when it is asked for ENVELOPE",
    onCommand: (command) => (command.includes("ENVELOPE") ? "drop_connection" : "pass"),
  },
  {
    name: "it refuses ENVELOPE, and to send a part of a header",
    onCommand: refuse(/ENVELOPE|HEADER\]</),
  },
  { name: "it refuses to list mailboxes", onCommand: refuse(/ LIST /) },
  {
    name: "it says UIDNEXT 1 whatever there is",
    onResponse: (text) => text.replaceAll(/UIDNEXT \d+/g, "UIDNEXT 1"),
  },
  {
    name: "SEARCH without a date finds nothing",
    onResponse: (text) =>
      text.includes("FLAGS (")
        ? text
        : text.replaceAll(/^\* SEARCH( \d+)+\r\n(?=\S+ OK)/gm, (line) =>
            searchesByDate ? line : "* SEARCH\r\n",
          ),
    onCommand: (command) => {
      if (command.includes("SEARCH")) searchesByDate = /SINCE|YOUNGER/.test(command);
      return "pass";
    },
  },
  { name: "it refuses ENVELOPE", onCommand: refuse(/ENVELOPE/) },
  {
    name: "it leaves out the UID where it was asked for by it",
    onResponse: (text) => text.replaceAll(/^(\* \d+ FETCH \(.*?)UID \d+ ?(.*\r\n)/gm, "$1$2"),
  },
  {
    name: "it says no INTERNALDATE",
    onResponse: (text) => text.replaceAll(/INTERNALDATE "[^"]*"/g, "INTERNALDATE NIL"),
  },
  {
    name: "its INTERNALDATE has no quotes",
    onResponse: (text) => text.replaceAll(/INTERNALDATE "([^"]*)"/g, "INTERNALDATE $1"),
  },
  {
    name: "its INTERNALDATE is no date",
    onResponse: (text) => text.replaceAll(/INTERNALDATE "[^"]*"/g, 'INTERNALDATE "soon"'),
  },
];

describe.each(MAIL_SERVERS)("mail arrives from $name although", ({ startServer }) => {
  let stack: SessionStack;
  beforeAll(async () => {
    stack = await startSessionStack(startServer);
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  /** Connects a user to the server through a proxy with this odd behaviour. */
  const oddUser = async ({ onCommand, onResponse }: Omit<Oddity, "name">) => {
    const opened = new AsyncDisposableStack();
    const proxy = opened.use(await startTamperingProxy(stack.server));
    if (onCommand) proxy.onCommand = onCommand;
    if (onResponse) proxy.onResponse = onResponse;
    const user = await newMailUser(stack, { server: { port: proxy.port } });
    const sessions = opened.use(stack.openSessions({ clock: hurriedClock(25) }));
    return { proxy, user, sessions, [Symbol.asyncDispose]: () => opened.disposeAsync() };
  };

  test.each(ODDITIES)("$name", async (oddity) => {
    await using odd = await oddUser(oddity);
    const { user, sessions } = odd;
    // Mail 1 is older than the user. Mails 2 to 5 arrive before the user is watched.
    await appendMail(stack.server, user, makeMail(1), new Date(Date.now() - 100 * HOUR_MS));
    for (const n of [2, 3, 4, 5]) await appendMail(stack.server, user, makeMail(n));
    sessions.watch(user.account);
    await user.watching();
    for (const n of [6, 7]) await appendMail(stack.server, user, makeMail(n));
    const rows = await user.recorded(6);
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(["queued"]));
    const subjects = (await user.events()).map(({ envelope }) => envelope?.subject);
    expect(subjects).toEqual(["2", "3", "4", "5", "6", "7"]);
  });
});
