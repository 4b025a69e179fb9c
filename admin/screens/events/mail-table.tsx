import type { InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { MailState } from "../../parts/states/mail-state.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import { formatSize } from "../../parts/format-size.ts";

type MailLog = InferResponseType<(typeof api.users)[":id"]["mail-log"]["$get"], 200>;
export type Mail = MailLog["mails"][number];

const COLUMNS: readonly Column<Mail>[] = [
  {
    title: "Recorded",
    cell: ({ event_id, recorded_at }) => (
      <a href={`/admin/events/${event_id}`}>
        <TimeAgo at={recorded_at} />
      </a>
    ),
  },
  { title: "Received", cell: ({ internal_date }) => <TimeAgo at={internal_date} /> },
  { title: "Mailbox", cell: ({ mailbox }) => mailbox },
  { title: "UID", isNumber: true, cell: ({ uid }) => uid },
  { title: "Size", isNumber: true, cell: ({ size_bytes }) => formatSize(size_bytes) },
  { title: "State", cell: ({ state }) => <MailState state={state} /> },
  { title: "Details", cell: ({ description }) => description },
];

/** Shows a table of one user's mails, without their content. */
export const MailTable = ({ mails }: { mails: readonly Mail[] }) => (
  <DataTable
    caption="Mails"
    columns={COLUMNS}
    rows={mails}
    toKey={({ event_id, recorded_at }) => `${event_id} ${recorded_at}`}
  />
);
