import { type Clock, systemClock } from "../../shared/clock.ts";

/**
 * Returns a clock that divides each pause by `times`, so that tests do not wait minutes for a
 * back-off.
 */
export const hurriedClock = (times: number): Clock => ({
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms / times, signal),
});
