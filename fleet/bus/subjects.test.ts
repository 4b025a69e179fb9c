import { expect, test } from "vitest";
import {
  attemptSubject,
  bodySubject,
  deadSubject,
  eventSubject,
  parseEventSubject,
  streamOf,
} from "./subjects.ts";

const EVENT = { partner_id: "prt_1", user_id: "usr_2", kind: "new_mail" } as const;

test("the parts of an event's subject are read as they were written", () => {
  expect(parseEventSubject(eventSubject(EVENT))).toEqual(EVENT);
  expect(parseEventSubject(deadSubject(EVENT))).toEqual(EVENT);
});

test("a subject that is no event's has empty parts", () => {
  expect(parseEventSubject("evt")).toEqual({ partner_id: "", kind: "", user_id: "" });
});

test("each subject belongs to one stream", () => {
  expect(streamOf(eventSubject(EVENT))).toBe("EVENTS");
  expect(streamOf(bodySubject(EVENT))).toBe("BODIES");
  expect(streamOf(deadSubject(EVENT))).toBe("DEAD");
  expect(streamOf(attemptSubject({ ...EVENT, event_id: "evt_1" }))).toBe("ATTEMPTS");
  expect(streamOf("ctl.users")).toBeUndefined();
});

test("an event id with dots and wildcards stays one token of its attempt's subject", () => {
  expect(attemptSubject({ ...EVENT, event_id: "a.b>*c" })).toBe("att.prt_1.usr_2.a_b__c");
});
