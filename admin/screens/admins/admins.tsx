import { useState } from "preact/hooks";
import { api, parseAnswer, until } from "../../api/client.ts";
import { Page } from "../../frame/page.tsx";
import { Badge } from "../../parts/states/badge.tsx";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { Pager } from "../../parts/lists/pager.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import { useCursor } from "../../parts/lists/use-cursor.ts";
import { useLoaded } from "../../parts/use-loaded.ts";
import { useSession, type Who } from "../../session/session.tsx";
import { AdminDialog, type AdminTask } from "./admin-dialog.tsx";

export type ShownAdmin = Who["admin"];

const COLUMNS: readonly Column<ShownAdmin>[] = [
  { title: "Name", cell: ({ name }) => name },
  { title: "E-mail", cell: ({ email }) => email },
  { title: "Role", cell: ({ role }) => role },
  { title: "State", cell: (admin) => <AdminState admin={admin} /> },
  {
    title: "Second factor",
    cell: (admin) => describeFactors(admin) || <span class="muted">off</span>,
  },
  { title: "Last sign-in", cell: (admin) => <TimeAgo at={admin.last_sign_in_at} /> },
];

const describeFactors = ({ sso, totp, passkeys }: ShownAdmin): string =>
  [sso && "single sign-on", totp && "app", passkeys > 0 && "passkey"].filter(Boolean).join(", ");

function AdminState({ admin: { locked_until, password } }: { admin: ShownAdmin }) {
  if (locked_until !== null) {
    return (
      <Badge tone="bad">
        locked, opens <TimeAgo at={locked_until} />
      </Badge>
    );
  }
  if (password === "one_time") return <Badge tone="busy">has not chosen a password yet</Badge>;
  if (password === "default") return <Badge tone="bad">default password</Badge>;
  return <Badge tone="good">active</Badge>;
}

/** Lists the admins. */
export function AdminsScreen() {
  const { admin: me } = useSession();
  const page = useCursor();
  const admins = useLoaded(
    (signal) => parseAnswer(api.admins.$get({ query: page.query }, until(signal))),
    { key: page.cursor ?? "" },
  );
  const [task, setTask] = useState<AdminTask | null>(null);
  const renderActions = (admin: ShownAdmin) => {
    const open = (kind: Exclude<AdminTask["kind"], "add">, title: string) => (
      <button
        type="button"
        class="small secondary outline"
        onClick={() => setTask({ kind, admin })}
      >
        {title}
      </button>
    );
    if (admin.id === me.id) return open("edit", "Edit");
    return (
      <>
        {open("edit", "Edit")}
        {admin.locked_until !== null && open("unlock", "Unlock")}
        {(admin.totp || admin.passkeys > 0) && open("drop-factor", "Remove second factor")}
        {admin.sso && open("unlink", "Unlink single sign-on")}
        {open("role", "Role")}
        {open("reset", "New password")}
        {open("remove", "Delete")}
      </>
    );
  };
  return (
    <Page
      title="Admins"
      actions={
        <button type="button" onClick={() => setTask({ kind: "add" })}>
          Add an admin
        </button>
      }
    >
      <ShowLoaded loading={admins}>
        {({ admins: rows, next_cursor }) => (
          <>
            <DataTable
              caption="Admins"
              columns={COLUMNS}
              rows={rows}
              toKey={({ id }) => id}
              actions={renderActions}
            />
            <Pager
              onFirst={page.first}
              onPrevious={page.previous}
              onNext={page.next(next_cursor)}
            />
          </>
        )}
      </ShowLoaded>
      {task && <AdminDialog task={task} onClose={() => setTask(null)} onChanged={admins.reload} />}
    </Page>
  );
}
