import type { InferResponseType } from "hono/client";
import { api, parseAnswer, until } from "../../api/client.ts";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { Pager } from "../../parts/lists/pager.tsx";
import { Section } from "../../parts/section.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import { useCursor } from "../../parts/lists/use-cursor.ts";
import { useLoaded } from "../../parts/use-loaded.ts";
import { UserStateBadge } from "../../parts/states/user-state-badge.tsx";
import { describeCause } from "./describe-cause.ts";
import type { ShownUser } from "./edit/user-fields.tsx";

type StateChange = InferResponseType<
  (typeof api.users)[":id"]["states"]["$get"],
  200
>["states"][number];

const COLUMNS: readonly Column<StateChange>[] = [
  { title: "When", cell: ({ changed_at }) => <TimeAgo at={changed_at} /> },
  { title: "State", cell: ({ state }) => <UserStateBadge state={state} /> },
  { title: "Details", cell: ({ text }) => text },
  { title: "Changed by", cell: (change) => describeCause(change) },
];

/** Lists the changes of the user's state, newest first, in pages. */
export function StateHistory({ user: { id, state_changed_at } }: { user: ShownUser }) {
  const page = useCursor("states");
  const states = useLoaded(
    (signal) => {
      const query = { limit: "10", ...page.query };
      return parseAnswer(api.users[":id"].states.$get({ param: { id }, query }, until(signal)));
    },
    { key: `${id} ${state_changed_at} ${page.cursor ?? ""}` },
  );
  return (
    <Section
      title="State history"
      actions={<a href={`/admin/audit-log?subject_id=${id}`}>Audit log</a>}
    >
      <ShowLoaded loading={states}>
        {({ states: rows, next_cursor }) =>
          rows.length === 0 ? (
            <Empty title="No changes since it was created" />
          ) : (
            <>
              <DataTable
                caption="State history"
                columns={COLUMNS}
                rows={rows}
                toKey={({ id: change }) => String(change)}
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
    </Section>
  );
}
