import { JetStreamApiError } from "@nats-io/jetstream";
import type { Bus } from "./bus.ts";
import { EVENTS } from "./subjects.ts";
import { withDeadline } from "./with-deadline.ts";

/**
 * Asks NATS for a stream. Rejects when JetStream does not answer in time. A refusal counts as an
 * answer.
 */
export async function askBus({ jsm }: Pick<Bus, "jsm">, timeoutMs: number): Promise<void> {
  try {
    await withDeadline(jsm.streams.info(EVENTS), timeoutMs, "ask for a stream");
  } catch (error) {
    if (!(error instanceof JetStreamApiError)) throw error;
  }
}
