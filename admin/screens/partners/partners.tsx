import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { api, parseAnswer, until } from "../../api/client.ts";
import { Page } from "../../frame/page.tsx";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { Field } from "../../parts/forms/field.tsx";
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
  { title: "Name", cell: ({ id, name }) => <PartnerLink id={id} name={name} /> },
  { title: "Deliveries", cell: (partner) => <LaneState partner={partner} /> },
  { title: "Users", cell: (partner) => <UserCounts partner={partner} /> },
  { title: "Connections", cell: (partner) => partner.connections_count, isNumber: true },
  { title: "Created", cell: (partner) => <TimeAgo at={partner.created_at} /> },
];

/** Lists the partners. */
export function PartnersScreen() {
  const { name } = useLocation().query;
  const page = useCursor();
  const asked = name ? { name } : {};
  const partners = useLoaded(
    (signal) =>
      parseAnswer(api.partners.$get({ query: { ...asked, ...page.query } }, until(signal))),
    { key: JSON.stringify([asked, page.query]), everyMs: 10_000 },
  );
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
      <Filters key={name ?? ""} isFiltered={Boolean(name)} failure={failureIn(partners)}>
        <Field name="name" label="Name starts with" value={name ?? ""} autocomplete="off" />
      </Filters>
      <ShowLoaded loading={partners}>
        {({ partners: rows, next_cursor }) =>
          rows.length === 0 ? (
            <NoPartners isFiltered={Boolean(name)} />
          ) : (
            <>
              <DataTable caption="Partners" columns={COLUMNS} rows={rows} toKey={({ id }) => id} />
              <Pager onFirst={page.first} onNext={page.next(next_cursor)} />
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
    <Empty title="No partner name starts with this">
      <p>Remove the filter, or type less of the name.</p>
    </Empty>
  ) : (
    <Empty title="No partners yet">
      <p>
        A partner is an application that receives its users' mail. Create one: it gets its own API
        key and webhook secret.
      </p>
    </Empty>
  );
