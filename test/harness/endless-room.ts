import type { LaneRoom } from "../../fleet/quota/lane-room.ts";

/** Unlimited room, for tests of the steps before publishing. */
export const endlessRoom: LaneRoom = {
  has: () => true,
  published() {},
  wait: () => Promise.resolve(),
};
