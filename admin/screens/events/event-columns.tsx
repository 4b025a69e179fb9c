import type { InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";
import type { Column } from "../../parts/lists/data-table.tsx";
import { kindInWords } from "../../parts/states/event-kind.ts";
import { PartnerLink } from "../../parts/states/partner-link.tsx";
import { UserLink } from "../../parts/states/user-link.tsx";

export type EventRow = InferResponseType<typeof api.events.$get, 200>["events"][number];

/** The event with a link to its page, and the Message-ID of its mail. */
export const EVENT_COLUMN: Column<EventRow> = {
  title: "Event",
  cell: ({ id, kind, message_id }) => (
    <div>
      <a class="name" href={`/admin/events/${id}`}>
        {kindInWords(kind)}
      </a>
      {message_id !== null && <small class="name">{message_id}</small>}
    </div>
  ),
};

/** The user of an event, and its partner. */
export const OWNER_COLUMN: Column<EventRow> = {
  title: "User",
  cell: ({ user_id, user_tag, partner_id, partner_name }) => (
    <div>
      <UserLink id={user_id} tag={user_tag} />
      <small>
        <PartnerLink id={partner_id} name={partner_name} />
      </small>
    </div>
  ),
};
