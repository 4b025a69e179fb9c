import { expect, test } from "vitest";
import type { Envelope, NewMailEvent } from "../../shared/users/events.ts";
import type { DeadLetter } from "../webhook/delivery/dead-letter.ts";
import { planRedelivery } from "./plan-redelivery.ts";

const ENVELOPE: Envelope = {
  date: null,
  subject: "Hello",
  from: null,
  sender: null,
  reply_to: null,
  to: null,
  cc: null,
  bcc: null,
  in_reply_to: null,
  message_id: null,
};

const common = {
  id: "evt_1",
  partner_id: "prt_1",
  user_id: "usr_1",
  user_tag: "tag",
  imap_provider_code: "PLAIN",
  created_at_ms: 1,
  sha1: "00",
};
const MAIL: NewMailEvent = {
  ...common,
  kind: "new_mail",
  mailbox: "INBOX",
  uid_validity: 1,
  uid: 1,
  internal_date_ms: 1,
  size_bytes: 5,
  oversize: false,
  body_seq: 7,
  body_key: null,
  envelope: ENVELOPE,
  envelope_seq: null,
  envelope_key: null,
};
const GONE = { ...common, kind: "user_disconnected" as const };

const newLetter = (event: unknown, parts: Partial<DeadLetter> = {}): DeadLetter => ({
  event,
  attempts: 7,
  last_error: "the endpoint answered 500",
  died_at: "2026-11-22T10:00:00.000Z",
  rfc822_base64: "SGVsbG8=",
  envelope: null,
  ...parts,
});

const FACTS = { kind: "new_mail", hasMail: true, isRemoved: false, isWatched: true } as const;
const OF_USER = { ...FACTS, kind: "user_disconnected", hasMail: false } as const;
const large = { ...MAIL, envelope: null, envelope_seq: 8 };
const oversize = { ...MAIL, oversize: true, body_seq: null };

const whole = (event: unknown, rfc822Base64: string | null, envelope: Envelope | null) => ({
  kind: "publish",
  whole: { event, rfc822Base64, envelope },
});
const returned = (part: string) => ({ kind: "return", error: expect.stringContaining(part) });

test.each([
  ["is published whole", newLetter(MAIL), FACTS, whole(MAIL, "SGVsbG8=", ENVELOPE)],
  [
    "takes a large envelope out of the letter",
    newLetter(large, { envelope: ENVELOPE }),
    FACTS,
    whole(large, "SGVsbG8=", ENVELOPE),
  ],
  [
    "of a mail too large has no body",
    newLetter(oversize, { rfc822_base64: null }),
    FACTS,
    whole(oversize, null, ENVELOPE),
  ],
  ["that is no mail has neither", newLetter(GONE), OF_USER, whole(GONE, null, null)],
  ["whose letter is gone is fetched", null, FACTS, { kind: "refetch" }],
  [
    "buried without its body is fetched",
    newLetter(MAIL, { rfc822_base64: null }),
    FACTS,
    { kind: "refetch" },
  ],
  ["buried without its envelope is fetched", newLetter(large), FACTS, { kind: "refetch" }],
  ["that cannot be read is returned", newLetter("{"), FACTS, returned("cannot be read")],
  [
    "of a removed user is returned",
    newLetter(MAIL),
    { ...FACTS, isRemoved: true },
    returned("removed"),
  ],
  ["of a user, gone, is returned", null, OF_USER, returned("no longer stored")],
  [
    "of an unknown mail, gone, is returned",
    null,
    { ...FACTS, hasMail: false },
    returned("not known"),
  ],
  [
    "gone, of a mailbox that nobody watches, is returned",
    null,
    { ...FACTS, isWatched: false },
    returned("not watched"),
  ],
])("an event %s", (_what, letter, facts, plan) => {
  expect(planRedelivery(letter, facts)).toEqual(plan);
});
