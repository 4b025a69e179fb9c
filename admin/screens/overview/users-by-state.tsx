import { Section } from "../../parts/section.tsx";
import { USER_STATE_WORDS } from "../../parts/states/user-state-badge.tsx";
import { Badge } from "../../parts/states/badge.tsx";
import type { Overview } from "./overview-answer.ts";

const NUMBER = new Intl.NumberFormat();

/** Shows the number of users in each state. Each number links to these users. */
export const UsersByState = ({ users: { by_state } }: Pick<Overview, "users">) => (
  <Section title="Users">
    <ul class="states">
      {by_state.map(({ state, users }) => {
        const [tone, words] = USER_STATE_WORDS[state];
        return (
          <li key={state}>
            <a href={`/admin/users?state=${state}`}>
              <b>{NUMBER.format(users)}</b>
              <Badge tone={users === 0 ? "quiet" : tone}>{words}</Badge>
            </a>
          </li>
        );
      })}
    </ul>
  </Section>
);
