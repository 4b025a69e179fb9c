import type { Bus } from "./bus.ts";
import { deleteMessage, nextMessage } from "./find-message.ts";

/**
 * Deletes the current messages of a subject from a stream, one by one. Unlike a purge, this
 * overwrites each message on disk.
 *
 * In nats-server 2.9, a purge of one subject made consumers skip unacknowledged messages of other
 * subjects. 2.10.27 no longer does this; older 2.10 versions were not tried.
 *
 * @returns how many messages were deleted.
 */
export async function deleteMessages(bus: Bus, stream: string, subject: string): Promise<number> {
  const { state } = await bus.jsm.streams.info(stream, { subjects_filter: subject });
  const counts = Object.values(state.subjects ?? {});
  const count = counts.reduce((sum, one) => sum + one, 0);
  let seq = state.first_seq;
  for (let deleted = 0; deleted < count; deleted++) {
    const message = await nextMessage(bus, stream, { seq, subject });
    if (!message) return deleted;
    await deleteMessage(bus, stream, message.seq, { overwrite: true });
    seq = message.seq + 1;
  }
  return count;
}
