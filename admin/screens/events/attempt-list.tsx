import type { InferResponseType } from "hono/client";
import { useLocation } from "preact-iso";
import { api, parseAnswer, until } from "../../api/client.ts";
import { Field } from "../../parts/forms/field.tsx";
import { PartnerField } from "../../parts/forms/partner-field.tsx";
import { TimeField } from "../../parts/forms/time-field.tsx";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { Filters } from "../../parts/lists/filters.tsx";
import { Pager } from "../../parts/lists/pager.tsx";
import { Total } from "../../parts/lists/total.tsx";
import { useCursor } from "../../parts/lists/use-cursor.ts";
import { useSorting } from "../../parts/lists/use-sorting.ts";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { kindInWords } from "../../parts/states/event-kind.ts";
import { PartnerLink } from "../../parts/states/partner-link.tsx";
import { StatusBadge } from "../../parts/states/status-badge.tsx";
import { UserLink } from "../../parts/states/user-link.tsx";
import { formatDuration } from "../../parts/time/duration.ts";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import { failureIn, useLoaded } from "../../parts/use-loaded.ts";
import { parseAttemptQuery } from "./event-query.ts";

type AttemptRow = InferResponseType<typeof api.attempts.$get, 200>["attempts"][number];

const COLUMNS: readonly Column<AttemptRow>[] = [
  {
    title: "Event",
    cell: ({ event_id, kind }) => (
      <a class="name" href={`/admin/events/${event_id}`}>
        {kindInWords(kind)}
      </a>
    ),
  },
  { title: "When", sort: "-at", cell: ({ attempted_at }) => <TimeAgo at={attempted_at} /> },
  {
    title: "User",
    cell: ({ user_id, user_tag, partner_id, partner_name }) => (
      <div>
        <UserLink id={user_id} tag={user_tag} />
        <small>
          <PartnerLink id={partner_id} name={partner_name} />
        </small>
      </div>
    ),
  },
  {
    title: "Endpoint",
    cell: ({ url }) =>
      url === null ? <span class="muted">not recorded</span> : <code>{url}</code>,
  },
  { title: "Duration", isNumber: true, cell: ({ duration_ms }) => formatDuration(duration_ms) },
  {
    title: "Answer",
    cell: ({ status, error }) => (
      <>
        <StatusBadge status={status} /> {status === null && error}
      </>
    ),
  },
];

const ORDERS = ["-at", "at"] as const;

/** Lists the attempts of all partners, newest first if no other order is chosen. */
export function AttemptList() {
  const { query: address } = useLocation();
  const page = useCursor();
  const query = parseAttemptQuery(address);
  const sorting = useSorting(ORDERS);
  const wanted = { ...query, sort: sorting.order, ...page.query };
  const list = useLoaded(
    (signal) => parseAnswer(api.attempts.$get({ query: wanted }, until(signal))),
    { key: JSON.stringify(wanted), ...(page.cursor === undefined && { everyMs: 5_000 }) },
  );
  const isFiltered = Object.keys(query).length > 0;
  return (
    <>
      <Filters key={JSON.stringify(query)} isFiltered={isFiltered} failure={failureIn(list)}>
        <Field
          name="code"
          label="HTTP status"
          value={query.code ?? ""}
          placeholder="500, 5xx or none"
          autocomplete="off"
        />
        <Field
          name="host"
          label="Endpoint's host"
          value={query.host ?? ""}
          placeholder="hooks.example.com"
          autocomplete="off"
        />
        <PartnerField value={query.partner_id ?? ""} />
        <TimeField name="since" label="Since" value={query.since ?? ""} />
        <TimeField name="until" label="Before" value={query.until ?? ""} />
        {query.user_id !== undefined && (
          <input type="hidden" name="user_id" value={query.user_id} />
        )}
      </Filters>
      <ShowLoaded loading={list}>
        {({ attempts, next_cursor, total }) => (
          <>
            {attempts.length === 0 ? (
              <Empty title={isFiltered ? "No attempt matches" : "No attempts yet"}>
                <p>{isFiltered ? "Remove a filter." : "Each call of a webhook appears here."}</p>
              </Empty>
            ) : (
              <>
                <Total total={total} one="attempt" many="attempts" />
                <DataTable
                  caption="Attempts"
                  columns={COLUMNS}
                  rows={attempts}
                  toKey={({ event_id, attempted_at }) => `${event_id} ${attempted_at}`}
                  sorting={sorting}
                />
              </>
            )}
            <Pager
              onFirst={page.first}
              onPrevious={page.previous}
              onNext={page.next(next_cursor)}
            />
          </>
        )}
      </ShowLoaded>
    </>
  );
}
