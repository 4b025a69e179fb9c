import type { Bus } from "../bus/bus.ts";
import { deleteMessages } from "../bus/delete-messages.ts";
import { userSubjects } from "../bus/subjects.ts";

/** The messages of this many users are deleted at the same time. */
const CONCURRENCY = 8;

/**
 * Deletes all messages of these users. The NATS server overwrites them on disk. Deletes events
 * before their bodies: an attempt must not find an event without its body.
 *
 * @returns how many messages were deleted.
 */
export async function purgeMessages(
  { bus, goesOn }: { bus: Bus; goesOn(): void },
  partnerId: string,
  userIds: readonly string[],
): Promise<number> {
  let deleted = 0;
  const waiting = userIds.values();
  const work = async () => {
    for (const userId of waiting) {
      for (const [stream, filter] of userSubjects(partnerId, userId)) {
        const gone = await deleteMessages(bus, stream, filter);
        deleted += gone;
        goesOn();
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return deleted;
}
