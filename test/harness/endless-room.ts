import type { LaneRoom } from "../../fleet/quota/lane-room.ts";

/** Room for whatever is published: for tests of what comes before it. */
export const endlessRoom: LaneRoom = {
  has: () => true,
  published() {},
  wait: () => Promise.resolve(),
};
