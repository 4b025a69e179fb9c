import type { InferResponseType } from "hono/client";
import { useLocation } from "preact-iso";
import { api, parseAnswer, until } from "../../api/client.ts";
import { AttemptAnswer } from "../../parts/attempts/attempts-table.tsx";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { Filters } from "../../parts/lists/filters.tsx";
import { Pager } from "../../parts/lists/pager.tsx";
import { PartnerField } from "../../parts/forms/partner-field.tsx";
import { PartnerLink } from "../../parts/states/partner-link.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import { useCursor } from "../../parts/lists/use-cursor.ts";
import { failureIn, useLoaded } from "../../parts/use-loaded.ts";
import { UserLink } from "../../parts/states/user-link.tsx";
import { kindInWords } from "../../parts/states/event-kind.ts";
import { NextTry } from "../../parts/attempts/next-try.tsx";

type Deliveries = InferResponseType<typeof api.deliveries.$get, 200>;
type Delivery = Deliveries["deliveries"][number];

const COLUMNS: readonly Column<Delivery>[] = [
  {
    title: "Event",
    cell: ({ event_id, kind }) => (
      <a class="name" href={`/admin/events/${event_id}`}>
        {kindInWords(kind)}
      </a>
    ),
  },
  {
    title: "Partner",
    cell: ({ partner_id, partner_name }) => <PartnerLink id={partner_id} name={partner_name} />,
  },
  {
    title: "User",
    cell: ({ user_id, user_tag }) => <UserLink id={user_id} tag={user_tag} />,
  },
  { title: "Attempts", isNumber: true, cell: ({ last_attempt }) => last_attempt.attempt },
  { title: "Last answer", cell: ({ last_attempt }) => <AttemptAnswer attempt={last_attempt} /> },
  { title: "Last try", cell: ({ last_attempt }) => <TimeAgo at={last_attempt.attempted_at} /> },
  {
    title: "Next try",
    cell: ({ last_attempt, lane }) => <NextTry attempt={last_attempt} lane={lane} />,
  },
];

/** Lists the events that wait for a retry. */
export function RetryList() {
  const { partner_id = "" } = useLocation().query;
  const page = useCursor();
  const isFiltered = partner_id !== "";
  const query = { ...(isFiltered && { partner_id }), ...page.query };
  const deliveries = useLoaded(
    (signal) => parseAnswer(api.deliveries.$get({ query }, until(signal))),
    { key: JSON.stringify(query), everyMs: 2_000 },
  );
  return (
    <>
      <p class="muted">
        Events whose webhook failed and will be called again. After the last attempt they go to the{" "}
        <a href="/admin/dead-letters">dead letters</a>.
      </p>
      <Filters key={partner_id} isFiltered={isFiltered} failure={failureIn(deliveries)}>
        <PartnerField value={partner_id} />
      </Filters>
      <ShowLoaded loading={deliveries}>
        {({ deliveries: rows, next_cursor }) =>
          rows.length === 0 ? (
            <Empty title="Nothing is being retried">
              <p>
                {isFiltered
                  ? "No delivery of this partner failed, or all were delivered since."
                  : "All recent deliveries succeeded."}
              </p>
            </Empty>
          ) : (
            <>
              <DataTable
                caption="Events that are retried"
                columns={COLUMNS}
                rows={rows}
                toKey={({ event_id }) => event_id}
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
