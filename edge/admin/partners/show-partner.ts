import type { ListedPartner, PartnerCounts } from "../../../db/partners/partner-list.ts";
import { PAUSED_BY, showLane } from "../../partners/lane-schemas.ts";
import { showSettings } from "./partner-settings.ts";

export const showPartner = (found: ListedPartner, counts: PartnerCounts | undefined) => {
  const { partner } = found;
  return {
    id: partner.id,
    ...showSettings(partner),
    paused_at: partner.pausedAt?.toISOString() ?? null,
    paused_by: partner.pausedReason && PAUSED_BY[partner.pausedReason],
    lane: showLane(found, "admin"),
    /** Not null: so much waits to be delivered that no more of its mail is read. */
    ingest_paused_at: found.lane?.ingestPausedAt?.toISOString() ?? null,
    /** Not null: what is given up waits in its lane, since DEAD has no room for its dead letters. */
    letters_full_at: found.lane?.lettersFullAt?.toISOString() ?? null,
    connections_count: counts?.connections ?? 0,
    /** How many users are in each state; a state that is absent has none. */
    users_by_state: counts?.users ?? {},
    created_at: partner.createdAt.toISOString(),
    /** Not null: it is being removed, with all that it has. */
    removed_at: partner.removedAt?.toISOString() ?? null,
  };
};
