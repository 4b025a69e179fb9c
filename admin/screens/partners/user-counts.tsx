import { USER_STATES } from "../../../shared/users/user-states.ts";
import { Badge } from "../../parts/states/badge.tsx";
import { USER_STATE_WORDS } from "../../parts/states/user-state-badge.tsx";
import type { PartnerListItem } from "./partner-answer.ts";

const NUMBER = new Intl.NumberFormat();

/** Shows the number of a partner's users in each state. Each number links to these users. */
export function UserCounts({
  partner: { id, users_by_state },
}: {
  partner: Pick<PartnerListItem, "id" | "users_by_state">;
}) {
  const states = USER_STATES.filter((state) => (users_by_state[state] ?? 0) > 0);
  if (states.length === 0) return <span class="muted">none</span>;
  return (
    <span class="badges">
      {states.map((state) => {
        const [tone, words] = USER_STATE_WORDS[state];
        return (
          <a key={state} href={`/admin/users?partner_id=${id}&state=${state}`}>
            <Badge tone={tone}>
              {NUMBER.format(users_by_state[state] ?? 0)} {words}
            </Badge>
          </a>
        );
      })}
    </span>
  );
}
