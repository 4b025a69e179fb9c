import { STATES_TO_WATCH, USER_STATES, type UserState } from "../../../shared/users/user-states.ts";
import { countUnassigned } from "../../../shared/health/fleet-problems.ts";
import type { InstanceState } from "../../../shared/health/health-facts.ts";

interface Holder {
  state: InstanceState;
  users_held: number;
  capacity: number;
}

/**
 * Counts users by state, and the users for whom the fleet has no capacity.
 * @param untried The number of users in the state `new` that should be watched.
 */
export function countByState(
  counted: readonly { state: UserState; users: number }[],
  untried: number,
  instances: readonly Holder[],
) {
  const byState = new Map(counted.map(({ state, users }) => [state, users]));
  const to_watch = sum(STATES_TO_WATCH.map((state) => byState.get(state) ?? 0)) + untried;
  const holders = instances.filter(({ state }) => state !== "gone");
  return {
    by_state: USER_STATES.map((state) => ({ state, users: byState.get(state) ?? 0 })),
    to_watch,
    held: sum(holders.map(({ users_held }) => users_held)),
    unassigned: countUnassigned(to_watch, instances),
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
