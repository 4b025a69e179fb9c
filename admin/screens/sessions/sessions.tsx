import { useState } from "preact/hooks";
import { api, done, parseAnswer, until } from "../../api/client.ts";
import { Page } from "../../frame/page.tsx";
import { useAnnounce } from "../../parts/announcements.tsx";
import { Badge } from "../../parts/states/badge.tsx";
import { ConfirmDialog } from "../../parts/forms/confirm-dialog.tsx";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { Pager } from "../../parts/lists/pager.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import { Total } from "../../parts/lists/total.tsx";
import { useCursor } from "../../parts/lists/use-cursor.ts";
import { useSorting } from "../../parts/lists/use-sorting.ts";
import { useLoaded } from "../../parts/use-loaded.ts";
import { nameBrowser } from "./name-browser.ts";

interface Session {
  id: string;
  admin_name: string;
  created_at: string;
  last_seen_at: string;
  user_agent: string | null;
  network: string | null;
  current: boolean;
}

const COLUMNS: readonly Column<Session>[] = [
  { title: "Admin", sort: "admin", cell: (session) => session.admin_name },
  {
    title: "Browser",
    cell: ({ user_agent }) => <span title={user_agent ?? ""}>{nameBrowser(user_agent)}</span>,
  },
  { title: "Network", cell: ({ network }) => network ?? <span class="muted">unknown</span> },
  { title: "Signed in", sort: "-created", cell: (session) => <TimeAgo at={session.created_at} /> },
  {
    title: "Last seen",
    sort: "-last_seen",
    cell: (session) => <TimeAgo at={session.last_seen_at} />,
  },
];

const ORDERS = ["-created", "created", "-last_seen", "last_seen", "admin", "-admin"] as const;

/** Lists the sessions of all admins for an owner, and the own sessions for every other role. */
export function SessionsScreen() {
  const page = useCursor();
  const sorting = useSorting(ORDERS);
  const query = { sort: sorting.order, ...page.query };
  const sessions = useLoaded((signal) => parseAnswer(api.sessions.$get({ query }, until(signal))), {
    key: JSON.stringify(query),
    everyMs: 10_000,
  });
  const [ending, setEnding] = useState<Session | null>(null);
  const announce = useAnnounce();
  const end = async ({ id, admin_name }: Session) => {
    await done(api.sessions[":id"].$delete({ param: { id } }));
    setEnding(null);
    announce(`Ended a session of ${admin_name}.`);
    sessions.reload();
  };
  return (
    <Page title="Sessions">
      <p class="muted">
        A session ends after 30 minutes without use, and after 12 hours at the latest.
      </p>
      <ShowLoaded loading={sessions}>
        {({ sessions: rows, next_cursor, total }) => (
          <>
            <Total total={total} one="session" many="sessions" />
            <DataTable
              caption="Sessions"
              columns={COLUMNS}
              rows={rows}
              toKey={({ id }) => id}
              sorting={sorting}
              actions={(session) =>
                session.current ? (
                  <Badge tone="good">this one</Badge>
                ) : (
                  <button
                    type="button"
                    class="small secondary outline"
                    onClick={() => setEnding(session)}
                  >
                    End
                  </button>
                )
              }
            />
            <Pager
              onFirst={page.first}
              onPrevious={page.previous}
              onNext={page.next(next_cursor)}
            />
          </>
        )}
      </ShowLoaded>
      {ending && (
        <ConfirmDialog
          title="End this session?"
          action="End session"
          onConfirm={() => end(ending)}
          onClose={() => setEnding(null)}
        >
          <p>
            {ending.admin_name} is signed out of {nameBrowser(ending.user_agent)} immediately.
            Changes that were saved are kept.
          </p>
        </ConfirmDialog>
      )}
    </Page>
  );
}
