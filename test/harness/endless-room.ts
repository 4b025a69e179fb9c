import type { LaneRoom } from "../../fleet/quota/lane-room.ts";

/** Never limits a lane, for tests of the steps before publishing. */
export const endlessRoom: LaneRoom = {
  has: () => true,
  published() {},
  wait: () => Promise.resolve(),
};
