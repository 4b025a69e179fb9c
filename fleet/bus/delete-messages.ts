import type { Bus } from "./bus.ts";
import { deleteMessage, nextMessage } from "./find-message.ts";

/**
 * Deletes what a stream holds of a subject now, one message after another, and has the server overwrite each.
 * A purge of the subject overwrites nothing. It also made a consumer of more than this subject skip all that it had not acknowledged, in nats-server 2.9:
 * other users' events, and attempts that are not written. 2.10.27 no longer does; no older 2.10 was tried.
 *
 * @returns how many there were.
 */
export async function deleteMessages(bus: Bus, stream: string, subject: string): Promise<number> {
  const { state } = await bus.jsm.streams.info(stream, { subjects_filter: subject });
  const counts = Object.values(state.subjects ?? {});
  const count = counts.reduce((sum, one) => sum + one, 0);
  let seq = state.first_seq;
  for (let deleted = 0; deleted < count; deleted++) {
    const message = await nextMessage(bus, stream, { seq, subject });
    if (!message) return deleted;
    await deleteMessage(bus, stream, message.seq);
    seq = message.seq + 1;
  }
  return count;
}
