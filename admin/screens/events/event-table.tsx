import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import type { Sorting } from "../../parts/lists/sorting.ts";
import { kindInWords } from "../../parts/states/event-kind.ts";
import { MailState } from "../../parts/states/mail-state.tsx";
import { StatusBadge } from "../../parts/states/status-badge.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import { EVENT_COLUMN, type EventRow, OWNER_COLUMN } from "./event-columns.tsx";

interface EventTableProps {
  events: readonly EventRow[];
  /** The ids of the selected events. */
  chosen: ReadonlySet<string>;
  onChoose(id: string, isChosen: boolean): void;
  sorting: Sorting;
}

const COLUMNS: readonly Column<EventRow>[] = [
  EVENT_COLUMN,
  { title: "Queued", sort: "-at", cell: ({ at }) => <TimeAgo at={at} /> },
  OWNER_COLUMN,
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
  { title: "Details", cell: ({ description }) => description },
];

/** Shows a table of events, to open them or to select some. */
export const EventTable = ({ events, chosen, onChoose, sorting }: EventTableProps) => (
  <DataTable
    caption="Events"
    columns={COLUMNS}
    rows={events}
    toKey={({ id }) => id}
    choice={{ chosen, onChoose, toName: nameEvent }}
    sorting={sorting}
  />
);

const nameEvent = ({ id, kind, user_tag }: EventRow) =>
  `${kindInWords(kind)} of ${user_tag}, ${id}`;
