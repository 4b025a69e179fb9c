import { expect, test } from "vitest";
import { writeNotice } from "./notice.ts";

const since = new Date("2026-11-30T20:00:00Z");

test("a notice says what is wrong, since when, to whom and what to do", () => {
  const notice = {
    kind: "begun",
    key: "EndpointSlow/prt_1",
    name: "EndpointSlow",
    urgency: "ticket",
    since,
    cause: "The endpoint of Acme is slow",
    effect: "3 events wait.",
    advice: "Call Acme.",
    href: "/admin/partners/prt_1",
  } as const;
  expect(writeNotice(notice, "https://mail.example.com/")).toEqual({
    subject: "Problem: The endpoint of Acme is slow",
    body: [
      "3 events wait. Call Acme.",
      "Since 2026-11-30T20:00:00.000Z",
      "Who: https://mail.example.com/admin/partners/prt_1",
      "What to do: https://mail.example.com/docs/runbook#endpointslow",
    ].join("\n"),
  });
});

test("the end of a problem says how long it lasted", () => {
  const until = new Date("2026-11-30T20:05:00Z");
  const over = {
    kind: "over",
    key: "NatsUnreachable",
    cause: "NATS does not answer",
    since,
    until,
  };
  expect(writeNotice({ ...over, kind: "over" }, "https://x.test")).toEqual({
    subject: "Over: NATS does not answer",
    body: "It lasted from 2026-11-30T20:00:00.000Z to 2026-11-30T20:05:00.000Z.",
  });
});
