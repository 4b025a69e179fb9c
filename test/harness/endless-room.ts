import type { LaneRoom } from "../../fleet/quota/lane-room.ts";

/** A quota that is never used up, for tests that are not about quotas. */
export const endlessRoom: LaneRoom = {
  has: () => true,
  published() {},
  wait: () => Promise.resolve(),
};
