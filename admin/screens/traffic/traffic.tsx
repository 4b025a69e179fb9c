import { useLocation } from "preact-iso";
import { api, parseAnswer, until } from "../../api/client.ts";
import { Page } from "../../frame/page.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { failureIn, useLoaded } from "../../parts/use-loaded.ts";
import { RangeCharts } from "./range-charts.tsx";
import { RANGES, TrafficFilters } from "./traffic-filters.tsx";
import { TrafficShares } from "./traffic-shares.tsx";

/** Shows charts of all traffic, of a partner, of a provider or of a user, for a time range. */
export function TrafficScreen() {
  const { range: asked, partner_id = "", provider_id = "", user_id = "" } = useLocation().query;
  const range = RANGES.find(([one]) => one === asked)?.[0] ?? "day";
  const of = {
    ...(partner_id && { partner_id }),
    ...(provider_id && { provider_id }),
    ...(user_id && { user_id }),
  };
  const traffic = useLoaded(
    (signal) => parseAnswer(api.traffic.$get({ query: { range, ...of } }, until(signal))),
    { key: JSON.stringify({ range, ...of }), everyMs: 30_000 },
  );
  const isAll = Object.keys(of).length === 0;
  return (
    <Page title="Traffic">
      <p class="muted">
        Mails, webhooks and their latency. The latency is the time from reading a mail to the
        success of its webhook, with all retries.
      </p>
      <TrafficFilters
        range={range}
        partnerId={partner_id}
        providerId={provider_id}
        failure={failureIn(traffic)}
      />
      {user_id !== "" && (
        <p>
          Only the traffic of <a href={`/admin/users/${user_id}`}>one user</a>.{" "}
          <a href={`/admin/traffic?range=${range}`}>Show all traffic</a>
        </p>
      )}
      <ShowLoaded loading={traffic}>
        {(found) => (
          <RangeCharts
            key={`${range} ${isAll}`}
            traffic={found}
            hasBacklog={provider_id === "" && user_id === ""}
          />
        )}
      </ShowLoaded>
      {isAll && (
        <>
          <TrafficShares by="partner" range={range} />
          <TrafficShares by="provider" range={range} />
        </>
      )}
    </Page>
  );
}
