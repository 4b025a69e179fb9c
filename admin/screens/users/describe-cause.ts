interface StateChange {
  state: string;
  actor: string | null;
  actor_name: string | null;
}

/** How the page names actors that are not admins. The keys are actors in the audit log. */
const ACTORS: Readonly<Record<string, string>> = {
  webhook: "the partner's webhook, by answering 403",
  connect: "the account owner, through a link",
  fleet: "SuperIMAP",
};
/**
 * The states that a person's action causes. The fleet sets all other states, from what it observes.
 */
const DECIDED = ["new", "paused", "archived"];

/**
 * Returns who or what caused a user's state. The audit log names the actor of some changes only.
 * For other changes, the cause is guessed from the state.
 */
export function describeCause({ state, actor, actor_name }: StateChange): string {
  if (actor !== null) return actor_name ?? ACTORS[actor] ?? actor;
  return DECIDED.includes(state)
    ? "the partner or the account owner"
    : "reported by the mail server";
}
