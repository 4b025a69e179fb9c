import { expect, test } from "vitest";
import { clampToNow, decide, type DecisionContext, type SkipReason } from "./decide.ts";
import { type MessageHeader } from "../../imap/fetch/message-header.ts";
import { toEnvelope } from "../../imap/fetch/envelope.ts";

const header: MessageHeader = {
  uid: 1,
  internalDate: new Date("2026-06-01T10:00:00Z"),
  sizeBytes: 5_000,
  envelope: toEnvelope(undefined),
  labels: new Set(),
};
const context: DecisionContext = {
  watchFrom: new Date("2026-05-01T00:00:00.700Z"),
  wantsNewMail: true,
  holdsAllMail: false,
  maxEmailSizeBytes: 1_048_576,
  isLive: true,
  isKeptTracer: false,
};
const labelled = (...labels: string[]) => ({ ...header, labels: new Set(labels) });
const received = (date: string) => ({ ...header, internalDate: new Date(date) });
const allMail = { ...context, holdsAllMail: true };
const scanning = { ...context, isLive: false };

const skipped: [
  name: string,
  header: MessageHeader,
  context: DecisionContext,
  reason: SkipReason,
][] = [
  ["mail older than the user, in a scan", received("1970-01-01"), scanning, "before_user"],
  [
    "mail a second older than the user, in a scan",
    received("2026-04-30T23:59:59Z"),
    scanning,
    "before_user",
  ],
  ["a tracer that is kept", header, { ...context, isKeptTracer: true }, "tracer"],
  ["drafts in All Mail", labelled("\\Draft"), allMail, "draft"],
  ["sent mail in All Mail", labelled("\\Sent"), allMail, "sent"],
  [
    "mail that the partner has no webhook for",
    header,
    { ...context, wantsNewMail: false },
    "no_webhook",
  ],
];

test.each(skipped)("decide() skips %s", (_name, given, when, reason) => {
  expect(decide(given, when)).toEqual({ action: "skip", reason });
});

const delivered: [
  name: string,
  header: MessageHeader,
  context: DecisionContext,
  oversize: boolean,
][] = [
  ["ordinary mail", header, context, false],
  [
    "mail of the second in which the user was created",
    received("2026-05-01T00:00:00Z"),
    scanning,
    false,
  ],
  ["live mail whatever its date", received("1970-01-01T00:00:00Z"), context, false],
  ["live mail of a clock hours behind", received("2026-04-30T13:00:00Z"), context, false],
  ["mail with a date from the future", received("2036-01-01T00:00:00Z"), context, false],
  ["mail sent to oneself, in All Mail", labelled("\\Sent", "\\Inbox"), allMail, false],
  ["labelled mail outside of All Mail", labelled("\\Sent"), context, false],
  ["mail of exactly the largest size", { ...header, sizeBytes: 1_048_576 }, context, false],
  ["larger mail, without its body", { ...header, sizeBytes: 1_048_577 }, context, true],
  [
    "a subject that looks like a tracer's",
    { ...header, envelope: { ...header.envelope, subject: "TRACER: x" } },
    context,
    false,
  ],
];

test.each(delivered)("decide() delivers %s", (_name, given, when, oversize) => {
  expect(decide(given, when)).toEqual({ action: "deliver", oversize });
});

test("clampToNow() brings a date from the future to now and leaves others", () => {
  const nowMs = Date.parse("2026-06-01T00:00:00Z");
  expect(clampToNow(new Date("2030-01-01T00:00:00Z"), nowMs)).toEqual(new Date(nowMs));
  expect(clampToNow(new Date("2020-01-01T00:00:00Z"), nowMs)).toEqual(
    new Date("2020-01-01T00:00:00Z"),
  );
});
