import { USER_STATES } from "../../../shared/users/user-states.ts";
import { countUnassigned } from "../../../shared/health/fleet-problems.ts";
import type { HealthFacts, InstanceState } from "../../../shared/health/health-facts.ts";

interface Holder {
  state: InstanceState;
  users_held: number;
  capacity: number;
}

/** Returns the users by state, and the users for whom the fleet has no capacity. */
export function countByState(
  { usersByState, usersToWatch }: Pick<HealthFacts, "usersByState" | "usersToWatch">,
  instances: readonly Holder[],
) {
  const holders = instances.filter(({ state }) => state !== "gone");
  return {
    by_state: USER_STATES.map((state) => ({ state, users: usersByState[state] ?? 0 })),
    to_watch: usersToWatch,
    held: holders.reduce((total, { users_held }) => total + users_held, 0),
    unassigned: countUnassigned(usersToWatch, instances),
  };
}
