import type { LaneQuota } from "../../fleet/quota/lane-quota.ts";

/** A quota that is never used up, for tests that are not about quotas. */
export const endlessQuota: LaneQuota = {
  has: () => true,
  published() {},
  wait: () => Promise.resolve(),
};
