interface StateChange {
  state: string;
  actor: string | null;
  actor_name: string | null;
}

/** The words for actors that are not admins, by their name in the audit log. */
const ACTORS: Readonly<Record<string, string>> = {
  webhook: "the partner's webhook, by answering 403",
  connect: "the account owner, through a link",
  fleet: "SuperIMAP",
};
/** The states that people set. The fleet sets all others by what it observes. */
const DECIDED = ["new", "paused", "archived"];

/**
 * Returns what caused a user's state. Without an actor the cause follows from the state: requests
 * of partners through the API are not in the audit log.
 */
export function describeCause({ state, actor, actor_name }: StateChange): string {
  if (actor !== null) return actor_name ?? ACTORS[actor] ?? actor;
  return DECIDED.includes(state)
    ? "the partner or the account owner"
    : "reported by the mail server";
}
