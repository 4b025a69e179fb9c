import type { InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { kindInWords } from "../../parts/states/event-kind.ts";
import { MailState } from "../../parts/states/mail-state.tsx";
import { PartnerLink } from "../../parts/states/partner-link.tsx";
import { StatusBadge } from "../../parts/states/status-badge.tsx";
import { UserLink } from "../../parts/states/user-link.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";

export type EventRow = InferResponseType<typeof api.events.$get, 200>["events"][number];

interface EventTableProps {
  events: readonly EventRow[];
  /** The ids of the selected events. */
  chosen: ReadonlySet<string>;
  onChoose(id: string, isChosen: boolean): void;
}

const COLUMNS: readonly Column<EventRow>[] = [
  {
    title: "Event",
    cell: ({ id, kind, message_id }) => (
      <div>
        <a class="name" href={`/admin/events/${id}`}>
          {kindInWords(kind)}
        </a>
        {message_id !== null && <small class="name">{message_id}</small>}
      </div>
    ),
  },
  { title: "Queued", cell: ({ at }) => <TimeAgo at={at} /> },
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
  { title: "State", cell: ({ state }) => <MailState state={state} /> },
  {
    title: "Last answer",
    cell: ({ last_attempt }) =>
      last_attempt === null ? (
        <span class="muted">–</span>
      ) : (
        <StatusBadge status={last_attempt.status} />
      ),
  },
  { title: "What it means", cell: ({ description }) => description },
];

/** Shows a table of events, to open them or to select some. */
export function EventTable({ events, chosen, onChoose }: EventTableProps) {
  const choose: Column<EventRow> = {
    title: "Choose",
    cell: ({ id, kind, user_tag }) => (
      <input
        type="checkbox"
        aria-label={`Choose ${kindInWords(kind)} of ${user_tag}, ${id}`}
        checked={chosen.has(id)}
        onChange={(event) => onChoose(id, event.currentTarget.checked)}
      />
    ),
  };
  return (
    <DataTable
      caption="Events"
      columns={[choose, ...COLUMNS]}
      rows={events}
      toKey={({ id, at }) => `${id} ${at}`}
    />
  );
}
