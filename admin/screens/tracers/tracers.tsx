import { useLocation } from "preact-iso";
import { api, parseAnswer, until } from "../../api/client.ts";
import { Page } from "../../frame/page.tsx";
import { Chart } from "../../parts/charts/chart.tsx";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { formatDuration } from "../../parts/time/duration.ts";
import { Empty } from "../../parts/lists/empty.tsx";
import { Pager } from "../../parts/lists/pager.tsx";
import { PartnerLink } from "../../parts/states/partner-link.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import { Total } from "../../parts/lists/total.tsx";
import { useCursor } from "../../parts/lists/use-cursor.ts";
import { useSorting } from "../../parts/lists/use-sorting.ts";
import { failureIn, useLoaded } from "../../parts/use-loaded.ts";
import { UserLink } from "../../parts/states/user-link.tsx";
import { TracerFilters } from "./tracer-filters.tsx";
import { drawLatency, type ShownTracer } from "./tracer-latency.ts";
import { Badge } from "../../parts/states/badge.tsx";
import { useNow } from "../../parts/time/use-now.ts";

const after = (
  title: string,
  elapsedMs: (tracer: ShownTracer) => number | null,
): Column<ShownTracer> => ({
  title,
  isNumber: true,
  cell: (tracer) => {
    const ms = elapsedMs(tracer);
    return ms === null ? <span class="muted">–</span> : formatDuration(ms);
  },
});

const COLUMNS: readonly Column<ShownTracer>[] = [
  { title: "Sent", sort: "-at", cell: ({ sent_at }) => <TimeAgo at={sent_at} /> },
  { title: "User", cell: ({ user_id, user_tag }) => <UserLink id={user_id} tag={user_tag} /> },
  {
    title: "Partner",
    cell: ({ partner_id, partner_name }) => <PartnerLink id={partner_id} name={partner_name} />,
  },
  after("Seen after", ({ seen_after_ms }) => seen_after_ms),
  after("Published after", ({ published_after_ms }) => published_after_ms),
  after("Answered after", ({ answered_after_ms }) => answered_after_ms),
  { title: "State", cell: (tracer) => <TracerState tracer={tracer} /> },
  {
    title: "Mail",
    cell: ({ event_id }) =>
      event_id === null ? (
        <span class="muted">–</span>
      ) : (
        <a href={`/admin/events/${event_id}`}>Show the mail</a>
      ),
  },
];

const ORDERS = ["-at", "at"] as const;

/**
 * Lists the tracers with the time of each stage. A tracer is a mail that the fleet sends to measure
 * latency.
 */
export function TracersScreen() {
  const { partner_id = "", user_id = "" } = useLocation().query;
  const page = useCursor();
  const sorting = useSorting(ORDERS);
  const query = {
    ...(partner_id && { partner_id }),
    ...(user_id && { user_id }),
    sort: sorting.order,
    ...page.query,
  };
  const tracers = useLoaded(
    (signal) =>
      parseAnswer(api["tracer-log"].$get({ query: { ...query, limit: "100" } }, until(signal))),
    { key: JSON.stringify(query), everyMs: 5_000 },
  );
  const isFiltered = partner_id !== "" || user_id !== "";
  return (
    <Page title="Tracers">
      <p class="muted">Mails that the fleet sends to itself to measure end-to-end latency.</p>
      <TracerFilters partnerId={partner_id} userId={user_id} failure={failureIn(tracers)} />
      <ShowLoaded loading={tracers}>
        {({ tracers: rows, next_cursor, total }) =>
          rows.length === 0 ? (
            <NoTracers isFiltered={isFiltered} />
          ) : (
            <>
              <Chart title="Time since sending" {...drawLatency(rows)} />
              <Total total={total} one="tracer" many="tracers" />
              <DataTable
                caption="Tracers"
                columns={COLUMNS}
                rows={rows}
                toKey={({ uid }) => uid}
                sorting={sorting}
              />
              <Pager
                onFirst={page.first}
                onPrevious={page.previous}
                onNext={page.next(next_cursor)}
              />
            </>
          )
        }
      </ShowLoaded>
    </Page>
  );
}

const NoTracers = ({ isFiltered }: { isFiltered: boolean }) => (
  <Empty title="No tracers sent yet">
    {isFiltered ? (
      <p>Nothing matches. Remove a filter.</p>
    ) : (
      <>
        <p>
          Choose a <a href="/admin/users">user</a> whose mailbox is your own, and enable its tracer
          on its page.
        </p>
        <p class="muted">
          The fleet then sends <code>NUM_TRACERS</code> mails every <code>TRACER_INTERVAL</code>{" "}
          seconds through the user's own mail server. This page shows when each was seen, published
          and delivered.
        </p>
      </>
    )}
  </Empty>
);

/** If a tracer has not arrived after this time, it is probably lost. */
const OVERDUE_MS = 15 * 60_000;

function TracerState({ tracer: { state, sent_at, send_error } }: { tracer: ShownTracer }) {
  const nowMs = useNow();
  switch (state) {
    case "arrived":
      return <Badge tone="good">arrived</Badge>;
    case "failed":
      return (
        <div>
          <Badge tone="bad">not sent</Badge> {send_error}
        </div>
      );
    case "under_way":
      return nowMs - Date.parse(sent_at) < OVERDUE_MS ? (
        <Badge tone="busy">in progress</Badge>
      ) : (
        <Badge tone="bad">overdue</Badge>
      );
  }
}
