import type { Traces } from "../../traces/traces.ts";
import { hasFailed } from "../attempt/outcome.ts";
import type { Attempted } from "./settle.ts";

/**
 * Adds the spans of one attempt to the mail's trace. Call it after the attempt.
 *
 *   mail.deliver   from loading the mail's body until the result is recorded
 *     mail.attempt   the exchange with the endpoint
 */
export function traceDelivery(
  traces: Traces | undefined,
  { event, taken, attempt, attemptedAtMs, exchange }: Attempted,
  { startedMs, settledMs }: { startedMs: number; settledMs: number },
): void {
  if (!traces || taken.traceparent === null) return;
  const delivery = traces.join(taken.traceparent, {
    name: "mail.deliver",
    kind: "consumer",
    startMs: startedMs,
    attributes: {
      "superimap.event_id": event.id,
      "superimap.partner_id": event.partner_id,
      "superimap.user_id": event.user_id,
      "superimap.attempt": attempt,
    },
  });
  if (!delivery) return;
  const { result, durationMs } = exchange;
  const status = result.kind === "response" ? result.status : null;
  const error = hasFailed(result) === false ? null : String(status ?? result.kind);
  delivery
    .begin({ name: "mail.attempt", kind: "client", startMs: attemptedAtMs })
    .end(attemptedAtMs + durationMs, {
      ...(status !== null && { attributes: { "http.response.status_code": status } }),
      ...(error !== null && { error }),
    });
  delivery.end(settledMs);
}
