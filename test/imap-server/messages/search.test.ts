import { expect, test } from "vitest";
import { Scanner } from "../parsing/scanner.ts";
import { matchesSearch } from "./search.ts";
import { parseSearchKeys } from "../parsing/search-key.ts";

const raw = Buffer.from(
  "Date: Sat, 31 Jan 2026 23:30:00 -0500\r\nFrom: Ann <ann@example.com>\r\nSubject: Grüße\r\nX-Empty:\r\n\r\nThe body\r\n",
);
const message = {
  uid: 40,
  raw,
  internalDate: Date.UTC(2026, 1, 1, 4, 30),
  flags: new Set(["\\Seen", "kept"]),
  gmail: { messageId: "123", threadId: "456", labels: [] },
};

test.each([
  ["ALL", true],
  ["3", true],
  ["1:2,4:9", false],
  ["*", false],
  ["UID 40", true],
  ["UID 41:*", false],
  ["UID 90:*", false],
  ["SEEN", true],
  ["UNSEEN", false],
  ["NEW", false],
  ["OLD", true],
  ["KEYWORD kept", true],
  ["UNKEYWORD kept", false],
  ["SINCE 1-Feb-2026", true],
  ["SINCE 2-Feb-2026", false],
  ["BEFORE 1-Feb-2026", false],
  ["BEFORE 2-Feb-2026", true],
  ["ON 1-Feb-2026", true],
  ["SENTON 31-Jan-2026", true],
  ["SENTSINCE 1-Feb-2026", false],
  ["SENTBEFORE 1-Feb-2026", true],
  ["FROM ANN@", true],
  ["TO ann", false],
  ["SUBJECT {7}\r\ngr\xc3\xbc\xc3\x9fe", true],
  ['HEADER X-Empty ""', true],
  ['HEADER X-Missing ""', false],
  ["BODY body", true],
  ["BODY subject", false],
  ["TEXT subject", true],
  [`LARGER ${raw.length}`, false],
  [`SMALLER ${raw.length + 1}`, true],
  ["X-GM-MSGID 123", true],
  ["X-GM-THRID 123", false],
  ["NOT SEEN", false],
  ["OR UNSEEN FROM ann", true],
  ["OR UNSEEN (SEEN FROM bob)", false],
  ["SEEN FROM ann SINCE 1-Feb-2026", true],
  ["SEEN FROM bob", false],
])("matchesSearch() answers %j with %s", (text, expected) => {
  const key = parseSearchKeys(new Scanner(text));
  expect(matchesSearch(key, { sequence: 3, message }, { sequence: 5, uid: 60 })).toBe(expected);
});
