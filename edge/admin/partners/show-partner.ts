import type { ListedPartner, PartnerCounts } from "../../../db/partners/partner-list.ts";
import { PAUSED_BY, showLane } from "../../partners/lane-schemas.ts";
import { showPartnerSettings } from "./partner-settings.ts";

export const showPartner = (found: ListedPartner, counts: PartnerCounts | undefined) => {
  const { partner } = found;
  return {
    id: partner.id,
    ...showPartnerSettings(partner),
    paused_at: partner.pausedAt?.toISOString() ?? null,
    paused_by: partner.pausedReason && PAUSED_BY[partner.pausedReason],
    lane: showLane(found, "admin"),
    /**
     * Since when no mail is read because the partner's quota is used up; null when mail is read.
     */
    ingest_paused_at: found.lane?.ingestPausedAt?.toISOString() ?? null,
    /**
     * Since when given-up events cannot become dead letters, because the partner's space in the
     * stream DEAD is full. Null when there is space.
     */
    letters_full_at: found.lane?.lettersFullAt?.toISOString() ?? null,
    connections_count: counts?.connections ?? 0,
    /** The number of users in each state. A state without users is left out. */
    users_by_state: counts?.users ?? {},
    created_at: partner.createdAt.toISOString(),
    /** When the removal of the partner began; null when the partner is not being removed. */
    removed_at: partner.removedAt?.toISOString() ?? null,
  };
};
