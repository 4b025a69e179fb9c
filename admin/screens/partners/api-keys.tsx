import type { InferResponseType } from "hono/client";
import { useState } from "preact/hooks";
import { api, parseAnswer, until } from "../../api/client.ts";
import { Badge } from "../../parts/states/badge.tsx";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { Pager } from "../../parts/lists/pager.tsx";
import { Section } from "../../parts/section.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import { useCursor } from "../../parts/lists/use-cursor.ts";
import { useLoaded } from "../../parts/use-loaded.ts";
import { KeyDialog, type KeyTask } from "./key-dialog.tsx";
import type { SectionProps } from "./partner-sections.tsx";
import { useMay } from "../../session/use-may.ts";

const apiKeys = api.partners[":id"]["api-keys"];
export type ShownApiKey = InferResponseType<typeof apiKeys.$get, 200>["api_keys"][number];

const COLUMNS: readonly Column<ShownApiKey>[] = [
  { title: "Key", cell: ({ prefix }) => <code>{prefix}…</code> },
  { title: "State", cell: (key) => <KeyState apiKey={key} /> },
  { title: "Created", cell: (key) => <TimeAgo at={key.created_at} /> },
  { title: "Last used", cell: (key) => <TimeAgo at={key.last_used_at} /> },
];

function KeyState({ apiKey: { signing, revoked_at } }: { apiKey: ShownApiKey }) {
  if (revoked_at === null) return <Badge tone="good">{signing ? "signing key" : "active"}</Badge>;
  return (
    <Badge tone="quiet">
      revoked <TimeAgo at={revoked_at} />
    </Badge>
  );
}

/** Lists the partner's API keys. */
export function ApiKeys({ partner: { id } }: SectionProps) {
  const page = useCursor("keys");
  const keys = useLoaded(
    (signal) => parseAnswer(apiKeys.$get({ param: { id }, query: page.query }, until(signal))),
    { key: `${id} ${page.cursor ?? ""}` },
  );
  const [task, setTask] = useState<KeyTask | null>(null);
  const may = useMay();
  const renderActions = (key: ShownApiKey) => {
    const open = (kind: "sign" | "revoke", title: string) => (
      <button
        type="button"
        class="small secondary outline"
        onClick={() => setTask({ kind, apiKey: key })}
      >
        {title}
      </button>
    );
    if (key.revoked_at !== null || key.signing) return null;
    return (
      <>
        {open("sign", "Use for signing")}
        {open("revoke", "Revoke")}
      </>
    );
  };
  return (
    <Section
      title="API keys"
      actionsNeed="operator"
      actions={
        <button
          type="button"
          class="small secondary outline"
          onClick={() => setTask({ kind: "create" })}
        >
          Create a key
        </button>
      }
    >
      <ShowLoaded loading={keys}>
        {({ api_keys: rows, next_cursor }) =>
          rows.length === 0 ? (
            <Empty title="No API keys yet">
              <p>Create one, and give it to the operators of the application.</p>
            </Empty>
          ) : (
            <>
              <DataTable
                caption="API keys"
                columns={COLUMNS}
                rows={rows}
                toKey={(key) => key.id}
                {...(may("operator") && { actions: renderActions })}
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
      {task && (
        <KeyDialog
          partnerId={id}
          task={task}
          onClose={() => setTask(null)}
          onChanged={keys.reload}
        />
      )}
    </Section>
  );
}
