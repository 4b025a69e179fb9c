import "../../style/overview.css";
import { api, parseAnswer, until } from "../../api/client.ts";
import { Page } from "../../frame/page.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { useLoaded } from "../../parts/use-loaded.ts";
import { FirstSteps } from "./first-steps.tsx";
import { Fleet } from "./fleet.tsx";
import { KeyFigures } from "./key-figures.tsx";
import { TrafficCharts } from "./traffic-charts.tsx";
import { AsOf } from "../../parts/time/as-of.tsx";
import { Problems } from "../health/problems.tsx";
import { Section } from "../../parts/section.tsx";
import { USER_STATE_WORDS } from "../../parts/states/user-state-badge.tsx";
import { Badge } from "../../parts/states/badge.tsx";
import type { Overview } from "./overview-answer.ts";

const REFRESH_MS = 2_000;
/** A little longer than the server waits for Postgres. */
const TIMEOUT_MS = 8_000;

/** Shows the state of the whole installation. */
export function OverviewScreen() {
  const overview = useLoaded((signal) => parseAnswer(api.overview.$get({}, until(signal))), {
    key: "overview",
    everyMs: REFRESH_MS,
    timeoutMs: TIMEOUT_MS,
  });
  const { loaded } = overview;
  return (
    <Page title="Overview" actions={loaded.step === "loaded" && <AsOf atMs={loaded.atMs} />}>
      <ShowLoaded loading={overview}>
        {(answer) => (
          <>
            <Problems problems={answer.problems} onMarked={overview.reload} />
            <FirstSteps overview={answer} />
            <KeyFigures overview={answer} />
            <TrafficCharts minutes={answer.minutes} />
            <UsersByState users={answer.users} />
            <Fleet instances={answer.instances} />
          </>
        )}
      </ShowLoaded>
    </Page>
  );
}

const NUMBER = new Intl.NumberFormat();

/** Shows the number of users in each state. Each number links to these users. */
const UsersByState = ({ users: { by_state } }: Pick<Overview, "users">) => (
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
