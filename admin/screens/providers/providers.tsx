import { api, parseAnswer, until } from "../../api/client.ts";
import { Page } from "../../frame/page.tsx";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { useLoaded } from "../../parts/use-loaded.ts";
import { PROVIDER_KIND_WORDS } from "./provider-kind-words.ts";
import type { ShownProvider } from "./provider-answer.ts";
import { ProviderState } from "./provider-state.tsx";

const COLUMNS: readonly Column<ShownProvider>[] = [
  { title: "Title", cell: ({ id, title }) => <a href={`/admin/providers/${id}`}>{title}</a> },
  { title: "Code", cell: ({ code }) => <code class="word">{code}</code> },
  { title: "Kind", cell: ({ kind }) => PROVIDER_KIND_WORDS[kind] },
  {
    title: "Mail server",
    cell: ({ imap_host, imap_port, own_host }) =>
      own_host ? "each user's own" : `${imap_host}:${imap_port}`,
  },
  { title: "State", cell: (provider) => <ProviderState provider={provider} /> },
  {
    title: "Connections",
    cell: ({ connections_count }) => connections_count.toLocaleString(),
    isNumber: true,
  },
];

/** Lists the providers. */
export function ProvidersScreen() {
  const providers = useLoaded((signal) => parseAnswer(api.providers.$get({}, until(signal))), {
    key: "",
  });
  return (
    <Page
      title="Providers"
      actionsNeed="operator"
      actions={
        <a href="/admin/providers/new" role="button">
          Add a provider
        </a>
      }
    >
      <ShowLoaded loading={providers}>
        {({ providers: rows }) =>
          rows.length === 0 ? (
            <Empty title="No providers yet">
              <p>
                A provider describes how to reach a kind of mail account.{" "}
                <a href="/admin/providers/new">Add one</a>: Gmail, Outlook, or any mail server.
              </p>
            </Empty>
          ) : (
            <DataTable caption="Providers" columns={COLUMNS} rows={rows} toKey={({ id }) => id} />
          )
        }
      </ShowLoaded>
    </Page>
  );
}
