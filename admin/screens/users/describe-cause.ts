interface StateChange {
  state: string;
  actor: string | null;
  actor_name: string | null;
}

/** Parts that act without a person, by their name in the audit log. */
const ACTORS: Readonly<Record<string, string>> = {
  webhook: "the partner's webhook, by answering 403",
  connect: "the account owner, through a link",
  fleet: "SuperIMAP",
};
/** States that people set. The fleet observes all others. */
const DECIDED = ["new", "paused", "archived"];

/**
 * Returns what caused a user's state. Requests of partners through the API are not in the audit
 * log.
 */
export function describeCause({ state, actor, actor_name }: StateChange): string {
  if (actor !== null) return actor_name ?? ACTORS[actor] ?? actor;
  return DECIDED.includes(state)
    ? "the partner or the account owner"
    : "reported by the mail server";
}
