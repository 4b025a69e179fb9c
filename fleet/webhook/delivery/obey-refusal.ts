import { archiveRefusedUser } from "../../../db/users/archive-user.ts";
import type { Db } from "../../../db/client.ts";
import type { PartnerSettings } from "../../../db/partners/partner-settings.ts";
import { toErrorText } from "../../../shared/errors.ts";
import type { MailEvent } from "../../../shared/users/events.ts";
import type { Log } from "../../../shared/log.ts";

/**
 * Archives the user of an event that was answered with 403. Never rejects.
 *
 * @param partner The partner's settings at the beginning of the attempt.
 * @returns "tracer" for a tracer user, which is never archived. "hold" when the guard forbids
 *   archiving, or PostgreSQL does not answer. A held event is delivered again later.
 */
export async function obeyRefusal(
  { db, log, onGuarded }: { db: Db; log: Log; onGuarded(): void },
  event: MailEvent,
  partner: Pick<PartnerSettings, "resumedAt">,
): Promise<"archived" | "hold" | "tracer"> {
  const { id: event_id, user_id, partner_id } = event;
  const ids = { event_id, user_id, partner_id };
  try {
    const end = await archiveRefusedUser(db, {
      userId: user_id,
      partnerId: partner_id,
      resumedAt: partner.resumedAt,
      details: { event_id, status: 403 },
    });
    switch (end) {
      case "archived":
      case "tracer":
        return end;
      case "tripped":
        log.error("lane.guarded", {
          ...ids,
          error: "Cannot archive the user: too many were within ten minutes, so the lane is paused",
        });
        onGuarded();
        return "hold";
      case "too_many":
        return "hold";
    }
  } catch (error) {
    log.warn("refusal.held", { ...ids, error: toErrorText(error) });
    return "hold";
  }
}
