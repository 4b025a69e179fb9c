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
import { useCursor } from "../../parts/lists/use-cursor.ts";
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
  { title: "Admin", cell: (session) => session.admin_name },
  {
    title: "Browser",
    cell: ({ user_agent }) => <span title={user_agent ?? ""}>{nameBrowser(user_agent)}</span>,
  },
  { title: "Network", cell: ({ network }) => network ?? <span class="muted">unknown</span> },
  { title: "Signed in", cell: (session) => <TimeAgo at={session.created_at} /> },
  { title: "Last seen", cell: (session) => <TimeAgo at={session.last_seen_at} /> },
];

/** Lists the sessions of all admins for an owner, and the own sessions for every other role. */
export function SessionsScreen() {
  const page = useCursor();
  const sessions = useLoaded(
    (signal) => parseAnswer(api.sessions.$get({ query: page.query }, until(signal))),
    { key: page.cursor ?? "", everyMs: 10_000 },
  );
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
        {({ sessions: rows, next_cursor }) => (
          <>
            <DataTable
              caption="Sessions"
              columns={COLUMNS}
              rows={rows}
              toKey={({ id }) => id}
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
          action="End it"
          onConfirm={() => end(ending)}
          onClose={() => setEnding(null)}
        >
          <p>
            {ending.admin_name} is signed out at once, in {nameBrowser(ending.user_agent)}. What was
            saved stays.
          </p>
        </ConfirmDialog>
      )}
    </Page>
  );
}
