import "../../style/overview.css";
import { api, parseAnswer, until } from "../../api/client.ts";
import { Page } from "../../frame/page.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { useLoaded } from "../../parts/use-loaded.ts";
import { FirstSteps } from "./first-steps.tsx";
import { Fleet } from "./fleet.tsx";
import { KeyFigures } from "./key-figures.tsx";
import { TrafficCharts } from "./traffic-charts.tsx";
import { UsersByState } from "./users-by-state.tsx";
import { Warnings } from "./warnings.tsx";

const REFRESH_MS = 2_000;

/** Shows the state of the whole installation. */
export function OverviewScreen() {
  const overview = useLoaded((signal) => parseAnswer(api.overview.$get({}, until(signal))), {
    key: "overview",
    everyMs: REFRESH_MS,
  });
  return (
    <Page title="Overview">
      <ShowLoaded loading={overview}>
        {(answer) => (
          <>
            <Warnings warnings={answer.warnings} />
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
