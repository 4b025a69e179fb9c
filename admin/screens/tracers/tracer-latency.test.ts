import { expect, test } from "vitest";
import { drawLatency, type ShownTracer } from "./tracer-latency.ts";

const SENT = "2026-11-22T10:00:00.000Z";
const tracer: ShownTracer = {
  uid: "1",
  user_id: "usr_1",
  user_tag: "probe",
  partner_id: "prt_1",
  partner_name: "Acme",
  event_id: null,
  state: "under_way",
  delivery_test: false,
  sent_at: SENT,
  seen_at: null,
  published_at: null,
  answered_at: null,
  seen_after_ms: null,
  published_after_ms: null,
  answered_after_ms: null,
  latency_ms: null,
  send_error: null,
};
const older = { ...tracer, uid: "0", sent_at: "2026-11-22T09:00:00.000Z", seen_after_ms: 400 };

test("tracers are drawn the oldest first, lost ones as gaps", () => {
  expect(drawLatency([tracer, older])).toMatchObject({
    timesMs: [Date.parse(older.sent_at), Date.parse(SENT)],
    lines: [{ title: "seen in the mailbox", values: [400, null] }],
  });
});

test("answers of webhooks are drawn where there are any", () => {
  const { lines } = drawLatency([{ ...older, answered_after_ms: 900 }]);
  expect(lines.map(({ values }) => values)).toEqual([[400], [900]]);
});
