import { expect, test } from "vitest";
import { showStages } from "./tracer-stages.ts";

const SENT_MS = Date.parse("2026-11-22T10:00:00Z");
const after = (ms: number) => new Date(SENT_MS + ms);

const sent = {
  sentAt: after(0),
  seenAt: null,
  publishedAt: null,
  answeredAt: null,
  deliveryTest: false,
  sendError: null,
};
const seen = { ...sent, seenAt: after(400) };
const tested = { ...seen, deliveryTest: true, publishedAt: after(450) };

test.each([
  ["one that was just sent", sent, "under_way", null],
  ["one that its mailbox showed", seen, "arrived", 400],
  ["one that is to be delivered", { ...sent, deliveryTest: true }, "under_way", null],
  ["one that is published", tested, "under_way", null],
  ["one whose webhook was answered", { ...tested, answeredAt: after(900) }, "arrived", 900],
  ["one that was refused", { ...sent, sendError: "refused" }, "failed", null],
  ["one that came though the server broke off", { ...seen, sendError: "gone" }, "arrived", 400],
  ["one that is delivered though …", { ...tested, sendError: "gone" }, "under_way", null],
])("showStages() shows %s", (_case, tracer, state, latency_ms) => {
  expect(showStages(tracer)).toMatchObject({ state, latency_ms });
});

test("showStages() shows how long each stage took", () => {
  expect(showStages({ ...tested, answeredAt: after(900) })).toMatchObject({
    sent_at: "2026-11-22T10:00:00.000Z",
    seen_at: "2026-11-22T10:00:00.400Z",
    published_at: "2026-11-22T10:00:00.450Z",
    answered_at: "2026-11-22T10:00:00.900Z",
    seen_after_ms: 400,
    published_after_ms: 450,
    answered_after_ms: 900,
  });
});
