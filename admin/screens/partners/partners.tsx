import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { api, parseAnswer, until } from "../../api/client.ts";
import { Page } from "../../frame/page.tsx";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { Field } from "../../parts/forms/field.tsx";
import { chooseOption } from "../../parts/lists/choose-option.ts";
import { SelectField } from "../../parts/forms/select-field.tsx";
import { Total } from "../../parts/lists/total.tsx";
import { useSorting } from "../../parts/lists/use-sorting.ts";
import { Filters } from "../../parts/lists/filters.tsx";
import { Pager } from "../../parts/lists/pager.tsx";
import { PartnerLink } from "../../parts/states/partner-link.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import { useCursor } from "../../parts/lists/use-cursor.ts";
import { failureIn, useLoaded } from "../../parts/use-loaded.ts";
import { CreatePartnerDialog } from "./create-partner-dialog.tsx";
import { LaneState } from "./lane-state.tsx";
import type { PartnerListItem } from "./partner-answer.ts";
import { UserCounts } from "./user-counts.tsx";

const COLUMNS: readonly Column<PartnerListItem>[] = [
  { title: "Name", sort: "name", cell: ({ id, name }) => <PartnerLink id={id} name={name} /> },
  { title: "Deliveries", cell: (partner) => <LaneState partner={partner} /> },
  { title: "Users", cell: (partner) => <UserCounts partner={partner} /> },
  { title: "Connections", cell: (partner) => partner.connections_count, isNumber: true },
  { title: "Created", sort: "-created", cell: (partner) => <TimeAgo at={partner.created_at} /> },
];

const ORDERS = ["name", "-name", "-created", "created"] as const;

/** What can be wrong with a partner's deliveries. */
const TROUBLES = [
  ["", "any"],
  ["lanes_open", "on hold: the endpoint fails"],
  ["endpoint_slow", "slow endpoint"],
  ["attempts_failing", "half of the attempts fail"],
  ["deliveries_stopped", "stopped, but not paused"],
  ["oldest_undelivered", "waiting for 12 hours or more"],
  ["lanes_guarded", "paused after answers with 403"],
  ["lanes_paused", "paused by someone"],
  ["ingest_paused", "queue full, reading paused"],
  ["letters_full", "dead-letter storage full"],
] as const;

/** Lists the partners, by name if no other column is chosen to sort by. */
export function PartnersScreen() {
  const { name, trouble: wanted } = useLocation().query;
  const page = useCursor();
  const sorting = useSorting(ORDERS);
  const trouble = chooseOption(TROUBLES, wanted);
  const asked = { ...(name && { name }), ...(trouble && { trouble }) };
  const isFiltered = Object.keys(asked).length > 0;
  const query = { ...asked, sort: sorting.order, ...page.query };
  const partners = useLoaded((signal) => parseAnswer(api.partners.$get({ query }, until(signal))), {
    key: JSON.stringify(query),
    everyMs: 10_000,
  });
  const [isCreating, setCreating] = useState(false);
  return (
    <Page
      title="Partners"
      actionsNeed="operator"
      actions={
        <button type="button" onClick={() => setCreating(true)}>
          Create a partner
        </button>
      }
    >
      <Filters key={JSON.stringify(asked)} isFiltered={isFiltered} failure={failureIn(partners)}>
        <Field name="name" label="Name starts with" value={name ?? ""} autocomplete="off" />
        <SelectField name="trouble" label="Deliveries" options={TROUBLES} value={trouble} />
      </Filters>
      <ShowLoaded loading={partners}>
        {({ partners: rows, next_cursor, total }) =>
          rows.length === 0 ? (
            <NoPartners isFiltered={isFiltered} />
          ) : (
            <>
              <Total total={total} one="partner" many="partners" />
              <DataTable
                caption="Partners"
                columns={COLUMNS}
                rows={rows}
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
      {isCreating && (
        <CreatePartnerDialog onClose={() => setCreating(false)} onCreated={partners.reload} />
      )}
    </Page>
  );
}

const NoPartners = ({ isFiltered }: { isFiltered: boolean }) =>
  isFiltered ? (
    <Empty title="No partner matches">
      <p>Remove a filter, or type less of the name.</p>
    </Empty>
  ) : (
    <Empty title="No partners yet">
      <p>
        A partner is an application that receives its users' mail. Create one: it gets its own API
        key and webhook secret.
      </p>
    </Empty>
  );
