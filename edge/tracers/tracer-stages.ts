import * as v from "valibot";
import type { Tracer } from "../../db/tracers/tracer-logs.ts";

const TRACER_STATES = ["under_way", "arrived", "failed"] as const;

const time = v.pipe(v.string(), v.isoTimestamp());
const elapsed = (description: string) =>
  v.pipe(v.nullable(v.pipe(v.number(), v.integer())), v.description(description));

/** The stages of a tracer: when it reached each stage, and how long it took to get there. */
export const tracerStages = v.object({
  state: v.pipe(
    v.picklist(TRACER_STATES),
    v.description(
      "under_way: in progress, or lost; arrived: the tracer completed its last stage; failed: the mail server did not accept it.",
    ),
  ),
  delivery_test: v.pipe(
    v.boolean(),
    v.description(
      "true: the tracer is delivered like other mail, and has arrived when the webhook has answered; false: it is not delivered, and has arrived when it is seen in its mailbox.",
    ),
  ),
  sent_at: time,
  seen_at: v.pipe(v.nullable(time), v.description("When it was seen in its mailbox.")),
  published_at: v.pipe(v.nullable(time), v.description("When its event was stored.")),
  answered_at: v.pipe(v.nullable(time), v.description("When its webhook answered with success.")),
  seen_after_ms: elapsed("Milliseconds from `sent_at` to `seen_at`."),
  published_after_ms: elapsed("Milliseconds from `sent_at` to `published_at`."),
  answered_after_ms: elapsed("Milliseconds from `sent_at` to `answered_at`."),
  latency_ms: elapsed("Milliseconds from `sent_at` to its arrival."),
  send_error: v.pipe(
    v.nullable(v.string()),
    v.description("Why the mail server did not accept it."),
  ),
});

type Stages = Pick<
  Tracer,
  "sentAt" | "seenAt" | "publishedAt" | "answeredAt" | "deliveryTest" | "sendError"
>;

export function showStages(tracer: Stages): v.InferOutput<typeof tracerStages> {
  const { sentAt, seenAt, publishedAt, answeredAt, deliveryTest, sendError } = tracer;
  const after = (at: Date | null) => at && at.getTime() - sentAt.getTime();
  const arrivedAt = answeredAt ?? (deliveryTest ? null : seenAt);
  return {
    // A tracer that was seen has not failed, even if there was an error while it was sent: the mail
    // server may have accepted it before the connection broke.
    state: arrivedAt ? "arrived" : sendError !== null && !seenAt ? "failed" : "under_way",
    delivery_test: deliveryTest,
    sent_at: sentAt.toISOString(),
    seen_at: seenAt?.toISOString() ?? null,
    published_at: publishedAt?.toISOString() ?? null,
    answered_at: answeredAt?.toISOString() ?? null,
    seen_after_ms: after(seenAt),
    published_after_ms: after(publishedAt),
    answered_after_ms: after(answeredAt),
    latency_ms: after(arrivedAt),
    send_error: sendError,
  };
}
