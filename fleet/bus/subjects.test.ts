import { expect, test } from "vitest";
import {
  attemptSubject,
  bodySubject,
  deadSubject,
  eventSubject,
  findStream,
  parseEventSubject,
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
  expect(findStream(eventSubject(EVENT))).toBe("EVENTS");
  expect(findStream(bodySubject(EVENT))).toBe("BODIES");
  expect(findStream(deadSubject(EVENT))).toBe("DEAD");
  expect(findStream(attemptSubject({ ...EVENT, event_id: "evt_1" }))).toBe("ATTEMPTS");
  expect(findStream("ctl.users")).toBeUndefined();
});

test("an event id with dots and wildcards stays one token of its attempt's subject", () => {
  expect(attemptSubject({ ...EVENT, event_id: "a.b>*c" })).toBe("att.prt_1.usr_2.a_b__c");
});
