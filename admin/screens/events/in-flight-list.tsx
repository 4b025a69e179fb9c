import { useLocation } from "preact-iso";
import { api, parseAnswer, until } from "../../api/client.ts";
import { AttemptAnswer } from "../../parts/attempts/attempts-table.tsx";
import { NextTry } from "../../parts/attempts/next-try.tsx";
import { PartnerField } from "../../parts/forms/partner-field.tsx";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { Filters } from "../../parts/lists/filters.tsx";
import { Pager } from "../../parts/lists/pager.tsx";
import { Total } from "../../parts/lists/total.tsx";
import { useCursor } from "../../parts/lists/use-cursor.ts";
import { useSorting } from "../../parts/lists/use-sorting.ts";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import { failureIn, useLoaded } from "../../parts/use-loaded.ts";
import { EVENT_COLUMN, type EventRow, OWNER_COLUMN } from "./event-columns.tsx";

const COLUMNS: readonly Column<EventRow>[] = [
  EVENT_COLUMN,
  { title: "Queued", sort: "at", cell: ({ at }) => <TimeAgo at={at} /> },
  OWNER_COLUMN,
  { title: "Attempts", isNumber: true, cell: ({ last_attempt }) => last_attempt?.attempt ?? 0 },
  {
    title: "Last answer",
    cell: ({ last_attempt }) =>
      last_attempt ? <AttemptAnswer attempt={last_attempt} /> : <span class="muted">–</span>,
  },
  {
    title: "Next try",
    cell: ({ last_attempt, lane }) =>
      last_attempt?.outcome === "retry" || last_attempt?.outcome === "held" ? (
        <NextTry attempt={last_attempt} lane={lane} />
      ) : (
        "in progress, or next in line"
      ),
  },
];

/** The oldest event first: an event that waits long is the one with a problem. */
const ORDERS = ["at", "-at"] as const;

/** Lists the events that are being attempted or wait for their next attempt. */
export function InFlightList() {
  const { partner_id = "" } = useLocation().query;
  const page = useCursor();
  const sorting = useSorting(ORDERS);
  const isFiltered = partner_id !== "";
  const of = { ...(isFiltered && { partner_id }) };
  const query = { ...of, state: "queued", sort: sorting.order, ...page.query } as const;
  const list = useLoaded((signal) => parseAnswer(api.events.$get({ query }, until(signal))), {
    key: JSON.stringify(query),
    everyMs: 2_000,
  });
  return (
    <>
      <p class="muted">
        Events that are not delivered yet. After the last attempt they become{" "}
        <a href="/admin/dead-letters">dead letters</a>.
      </p>
      <Filters key={partner_id} isFiltered={isFiltered} failure={failureIn(list)}>
        <PartnerField value={partner_id} />
      </Filters>
      <DeliveryCounts key={`counts of ${partner_id}`} of={of} />
      <ShowLoaded loading={list}>
        {({ events, next_cursor, total }) =>
          events.length === 0 ? (
            <Empty title="Nothing is in flight">
              <p>
                {isFiltered
                  ? "All events of this partner are delivered, or became dead letters."
                  : "All events are delivered, or became dead letters."}
              </p>
            </Empty>
          ) : (
            <>
              <Total total={total} one="event" many="events" />
              <DataTable
                caption="Events in flight"
                columns={COLUMNS}
                rows={events}
                toKey={({ id }) => id}
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
    </>
  );
}

/** Shows what the fleet has reported: how many events are being attempted, and how many wait. */
function DeliveryCounts({ of }: { of: { partner_id?: string } }) {
  const { loaded } = useLoaded(
    (signal) => parseAnswer(api.deliveries.$get({ query: of }, until(signal))),
    { key: JSON.stringify(of), everyMs: 5_000 },
  );
  if (loaded.step !== "loaded") return null;
  const { in_flight, pending, retrying } = loaded.value;
  const words = (count: number) => count.toLocaleString();
  return (
    <p>
      {words(in_flight)} being attempted now, {words(pending)} waiting for the first attempt,{" "}
      {words(retrying)} waiting for a retry.
    </p>
  );
}
