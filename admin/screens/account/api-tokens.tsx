import { useState } from "preact/hooks";
import type { InferResponseType } from "hono/client";
import { api, done, parseAnswer, until } from "../../api/client.ts";
import { useAnnounce } from "../../parts/announcements.tsx";
import { ConfirmDialog } from "../../parts/forms/confirm-dialog.tsx";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { Pager } from "../../parts/lists/pager.tsx";
import { useCursor } from "../../parts/lists/use-cursor.ts";
import { Section } from "../../parts/section.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import { useLoaded } from "../../parts/use-loaded.ts";
import { useMay } from "../../session/use-may.ts";
import { CreateApiToken } from "./create-api-token.tsx";

type ApiToken = InferResponseType<(typeof api)["api-tokens"]["$get"], 200>["tokens"][number];

const COLUMNS: readonly Column<ApiToken>[] = [
  { title: "Name", cell: ({ name }) => name },
  { title: "Admin", cell: ({ admin_name }) => admin_name },
  { title: "Role", cell: ({ role }) => role },
  { title: "Expires", cell: (token) => <TimeAgo at={token.expires_at} /> },
  { title: "Last used", cell: (token) => <TimeAgo at={token.last_used_at} /> },
];

/** Lists the admin's API tokens. An owner sees those of all admins. */
export function ApiTokens() {
  const may = useMay();
  const announce = useAnnounce();
  const page = useCursor("tokens");
  const tokens = useLoaded(
    (signal) => parseAnswer(api["api-tokens"].$get({ query: page.query }, until(signal))),
    { key: page.cursor ?? "" },
  );
  const [task, setTask] = useState<{ kind: "create" } | { kind: "revoke"; token: ApiToken }>();
  const close = () => setTask(undefined);
  const revoke = async ({ id, name }: ApiToken) => {
    await done(api["api-tokens"][":id"].$delete({ param: { id } }));
    close();
    announce(`${name} revoked.`);
    tokens.reload();
  };
  return (
    <Section
      title="API tokens"
      actions={
        <button
          type="button"
          class="small secondary outline"
          onClick={() => setTask({ kind: "create" })}
        >
          Create a token
        </button>
      }
    >
      <p class="muted">
        With a token, a program uses the admin API in your name.
        {may("owner") && " As an owner you see the tokens of all admins."}
      </p>
      <ShowLoaded loading={tokens}>
        {({ tokens: rows, next_cursor }) =>
          rows.length === 0 ? (
            <Empty title="No API tokens" />
          ) : (
            <>
              <DataTable
                caption="API tokens"
                columns={COLUMNS}
                rows={rows}
                toKey={({ id }) => id}
                actions={(token) => (
                  <button
                    type="button"
                    class="small secondary outline"
                    onClick={() => setTask({ kind: "revoke", token })}
                  >
                    Revoke
                  </button>
                )}
              />
              <Pager onFirst={page.first} onNext={page.next(next_cursor)} />
            </>
          )
        }
      </ShowLoaded>
      {task?.kind === "create" && <CreateApiToken onClose={close} onCreated={tokens.reload} />}
      {task?.kind === "revoke" && (
        <ConfirmDialog
          title={`Revoke ${task.token.name}?`}
          action="Revoke"
          onClose={close}
          onConfirm={() => revoke(task.token)}
        >
          <p>Requests with it are refused from now on. This cannot be undone.</p>
        </ConfirmDialog>
      )}
    </Section>
  );
}
