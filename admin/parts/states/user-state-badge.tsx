import { reasonText } from "../../../shared/users/reasons.ts";
import type { UserState as State } from "../../../shared/users/user-states.ts";
import { Badge, type Tone } from "./badge.tsx";

export const USER_STATE_WORDS: Readonly<Record<State, readonly [tone: Tone, words: string]>> = {
  new: ["busy", "new"],
  connecting: ["busy", "connecting"],
  watching: ["good", "watching"],
  backoff: ["busy", "trying again"],
  unreachable: ["bad", "unreachable"],
  auth_failed: ["bad", "login refused"],
  quarantined: ["bad", "quarantined"],
  paused: ["quiet", "paused"],
  archived: ["quiet", "archived"],
};

/** Shows a user's state in one word, with the reason if there is one. */
export function UserStateBadge({ state, reason = null }: { state: State; reason?: string | null }) {
  const [tone, words] = USER_STATE_WORDS[state];
  return (
    <>
      <Badge tone={tone}>{words}</Badge>
      {reason !== null && <small class="muted"> {shortenReason(reason)}</small>}
    </>
  );
}

/**
 * Returns the first part of a reason. The text of a reason has the form `what happened: what to
 * do`.
 */
export const shortenReason = (reason: string): string =>
  reasonText(reason).split(": ", 1)[0] ?? reason;
