interface StateChange {
  state: string;
  actor: string | null;
  actor_name: string | null;
}

/** Who acts by itself, as the audit log names it. */
const ACTORS: Readonly<Record<string, string>> = {
  webhook: "the partner's webhook, with 403",
  connect: "the account's owner, by a link",
  fleet: "SuperIMAP",
};
/** What people decide, all else is seen. */
const DECIDED = ["new", "paused", "archived"];

/** Who brought a user into a state. What partners ask for through the API is not in the audit log. */
export function causeOf({ state, actor, actor_name }: StateChange): string {
  if (actor !== null) return actor_name ?? ACTORS[actor] ?? actor;
  return DECIDED.includes(state) ? "the partner or the account's owner" : "seen at the mail server";
}
