import { useState } from "preact/hooks";
import { api, parseAnswer, until } from "../../api/client.ts";
import { Badge } from "../../parts/states/badge.tsx";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { Pager } from "../../parts/lists/pager.tsx";
import { Section } from "../../parts/section.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { useCursor } from "../../parts/lists/use-cursor.ts";
import { useLoaded } from "../../parts/use-loaded.ts";
import { ClientState } from "../connections/client-state.tsx";
import type { ShownConnection } from "../connections/connection-answer.ts";
import { CreateConnectionDialog } from "../connections/create-connection-dialog.tsx";
import type { SectionProps } from "./partner-sections.tsx";

const COLUMNS: readonly Column<ShownConnection>[] = [
  {
    title: "Provider",
    cell: ({ id, provider_title, provider_enabled }) => (
      <span class="badges">
        <a href={`/admin/connections/${id}`}>{provider_title}</a>
        {!provider_enabled && <Badge tone="bad">switched off</Badge>}
      </span>
    ),
  },
  {
    title: "Code",
    cell: ({ imap_provider_code }) => <code class="word">{imap_provider_code}</code>,
  },
  { title: "OAuth client", cell: (connection) => <ClientState connection={connection} /> },
  {
    title: "Users",
    cell: ({ id, users_count }) => (
      <a href={`/admin/users?connection_id=${id}`}>{users_count.toLocaleString()}</a>
    ),
    isNumber: true,
  },
];

/** Lists the partner's connections to providers. */
export function PartnerConnections({ partner, onChanged }: SectionProps) {
  const page = useCursor("connections");
  const { id } = partner;
  const connections = useLoaded(
    (signal) =>
      parseAnswer(
        api.partners[":id"].connections.$get({ param: { id }, query: page.query }, until(signal)),
      ),
    { key: `${id} ${page.cursor ?? ""}` },
  );
  const [isAdding, setAdding] = useState(false);
  return (
    <Section
      title="Connections"
      actionsNeed="operator"
      actions={
        <button type="button" class="small secondary outline" onClick={() => setAdding(true)}>
          Add a connection
        </button>
      }
    >
      <ShowLoaded loading={connections}>
        {({ connections: rows, next_cursor }) =>
          rows.length === 0 ? (
            <Empty title="No connections yet">
              <p>
                With a connection the partner can have users at one provider, such as Gmail. Add one
                for each provider that its users use.
              </p>
            </Empty>
          ) : (
            <>
              <DataTable
                caption="Connections"
                columns={COLUMNS}
                rows={rows}
                toKey={(row) => row.id}
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
      {isAdding && (
        <CreateConnectionDialog
          partnerId={id}
          onClose={() => setAdding(false)}
          onCreated={() => {
            connections.reload();
            onChanged();
          }}
        />
      )}
    </Section>
  );
}
