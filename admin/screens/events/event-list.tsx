import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, parseAnswer, until } from "../../api/client.ts";
import { Field } from "../../parts/forms/field.tsx";
import { PartnerField } from "../../parts/forms/partner-field.tsx";
import { SelectField } from "../../parts/forms/select-field.tsx";
import { TimeField } from "../../parts/forms/time-field.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { Filters } from "../../parts/lists/filters.tsx";
import { Pager } from "../../parts/lists/pager.tsx";
import { useCursor } from "../../parts/lists/use-cursor.ts";
import { useSorting } from "../../parts/lists/use-sorting.ts";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { failureIn, useLoaded } from "../../parts/use-loaded.ts";
import { KIND_OPTIONS, parseEventQuery, STATE_OPTIONS } from "./event-query.ts";
import { EventTable } from "./event-table.tsx";
import { EventToolbar } from "./event-toolbar.tsx";

const ORDERS = ["-at", "at"] as const;
/** How often the newest events are loaded while the list is live. */
const LIVE_MS = 2_000;

/**
 * Lists the events of all partners, newest first if no other order is chosen. The first page follows
 * new events.
 */
export function EventList() {
  const { query: address } = useLocation();
  const page = useCursor();
  const [isPaused, setPaused] = useState(false);
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const query = parseEventQuery(address);
  const sorting = useSorting(ORDERS);
  const isLive = !isPaused && page.cursor === undefined;
  const wanted = { ...query, sort: sorting.order, ...page.query };
  const list = useLoaded(
    (signal) => parseAnswer(api.events.$get({ query: wanted }, until(signal))),
    { key: JSON.stringify(wanted), ...(isLive && { everyMs: LIVE_MS }) },
  );
  const isFiltered = Object.keys(query).length > 0;
  const choose = (id: string, isChosen: boolean) => {
    const next = new Set(ids);
    if (isChosen) next.add(id);
    else next.delete(id);
    setIds(next);
  };
  return (
    <>
      <Filters key={JSON.stringify(query)} isFiltered={isFiltered} failure={failureIn(list)}>
        <Field
          name="text"
          label="Search"
          value={query.text ?? ""}
          placeholder="Message-ID, event, user, domain"
          autocomplete="off"
        />
        <SelectField name="state" label="State" options={STATE_OPTIONS} value={query.state ?? ""} />
        <SelectField name="kind" label="Kind" options={KIND_OPTIONS} value={query.kind ?? ""} />
        <PartnerField value={query.partner_id ?? ""} />
        <TimeField name="since" label="Since" value={query.since ?? ""} />
        <TimeField name="until" label="Before" value={query.until ?? ""} />
        {query.user_id !== undefined && (
          <input type="hidden" name="user_id" value={query.user_id} />
        )}
      </Filters>
      {query.user_id !== undefined && (
        <p>
          Events of one user: <a href={`/admin/users/${query.user_id}`}>open the user</a>
        </p>
      )}
      <ShowLoaded loading={list}>
        {({ events, next_cursor, total }) => (
          <>
            <EventToolbar
              query={query}
              chosen={events.filter(({ id }) => ids.has(id))}
              onChooseAll={(areChosen) =>
                setIds(new Set(areChosen ? events.map(({ id }) => id) : []))
              }
              count={events.length}
              total={total}
              live={page.cursor === undefined ? { isPaused, setPaused } : null}
              onChanged={() => {
                setIds(new Set());
                list.reload();
              }}
            />
            {events.length === 0 ? (
              <Empty title={isFiltered ? "No event matches" : "No events yet"}>
                <p>
                  {isFiltered
                    ? "Remove a filter. The search knows Message-IDs, event ids, users and domains, not the content of mail."
                    : "New mail appears here. To read mail that is already in a mailbox, start a sweep of its user."}
                </p>
              </Empty>
            ) : (
              <EventTable events={events} chosen={ids} onChoose={choose} sorting={sorting} />
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
