import type { Bus } from "../../bus/bus.ts";
import { attemptSubject } from "../../bus/subjects.ts";
import { type AttemptRecord, recordId } from "./attempt-record.ts";
import { PUBLISH_PATIENCE_MS } from "../delivery/dead-letter.ts";

/** Puts a record into ATTEMPTS. Resolves when it is stored there; rejects when NATS does not take it in time. */
export async function publishRecord(bus: Bus, record: AttemptRecord): Promise<void> {
  const message = {
    subject: attemptSubject(record),
    id: recordId(record),
    payload: JSON.stringify(record),
  };
  await bus.publishUntilStored(message, AbortSignal.timeout(PUBLISH_PATIENCE_MS));
}
