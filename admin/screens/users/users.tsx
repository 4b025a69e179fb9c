import type { InferResponseType } from "hono/client";
import { useLocation } from "preact-iso";
import { api, parseAnswer, until } from "../../api/client.ts";
import { Page } from "../../frame/page.tsx";
import { Badge } from "../../parts/states/badge.tsx";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { LinksBar } from "../../parts/lists/links-bar.tsx";
import { Pager } from "../../parts/lists/pager.tsx";
import { PartnerLink } from "../../parts/states/partner-link.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import type { Sorting } from "../../parts/lists/sorting.ts";
import { useChoice } from "../../parts/lists/use-choice.ts";
import { useSorting } from "../../parts/lists/use-sorting.ts";
import { type CursorPage, useCursor } from "../../parts/lists/use-cursor.ts";
import { failureIn, useLoaded } from "../../parts/use-loaded.ts";
import { UserStateBadge } from "../../parts/states/user-state-badge.tsx";
import type { AskedUsers } from "./bulk/bulk-users.ts";
import { UserToolbar } from "./bulk/user-toolbar.tsx";
import { UserFilters } from "./user-filters.tsx";
import { FOUND_SORTS, scopeLinks, USER_SORTS, usersQuery } from "./users-query.ts";

type User = InferResponseType<typeof api.users.$get, 200>["users"][number];

const COLUMNS: readonly Column<User>[] = [
  {
    title: "Tag",
    sort: "tag",
    cell: ({ id, tag, enable_tracer }) => (
      <>
        <a href={`/admin/users/${id}`}>{tag}</a>{" "}
        {enable_tracer && <Badge tone="quiet">tracer</Badge>}
      </>
    ),
  },
  { title: "E-mail", cell: ({ email }) => email ?? <span class="muted">unknown</span> },
  {
    title: "Partner, connection",
    cell: ({ partner_id, partner_name, connection_id, imap_provider_code }) => (
      <>
        <PartnerLink id={partner_id} name={partner_name} />,{" "}
        <a href={`/admin/connections/${connection_id}`}>{imap_provider_code}</a>
      </>
    ),
  },
  {
    title: "State",
    cell: ({ state, state_reason }) => <UserStateBadge state={state} reason={state_reason} />,
  },
  {
    title: "Since",
    sort: "-state_changed",
    cell: ({ state_changed_at }) => <TimeAgo at={state_changed_at} />,
  },
  { title: "Last login", cell: ({ last_login_at }) => <TimeAgo at={last_login_at} /> },
  { title: "Last mail", cell: ({ last_email_at }) => <TimeAgo at={last_email_at} /> },
];

/**
 * Lists users of all partners, newest first if no column is chosen to sort by. What a text finds is
 * sorted by tag, so that the user with exactly this tag comes first.
 */
export function UsersScreen() {
  const { query } = useLocation();
  const page = useCursor();
  const { filters, scope, asked } = usersQuery(query);
  const sorting = useSorting(filters.text === undefined ? USER_SORTS : FOUND_SORTS);
  const wanted = { ...asked, sort: sorting.order, ...page.query };
  const users = useLoaded(
    (signal) => parseAnswer(api.users.$get({ query: wanted }, until(signal))),
    { key: JSON.stringify(wanted), everyMs: 15_000 },
  );
  const isNarrowed = Object.keys(filters).length > 0 || scope !== undefined;
  const connection = filters.connection_id;
  return (
    <Page
      title="Users"
      actionsNeed="operator"
      actions={
        <a
          role="button"
          href={`/admin/users/new${connection === undefined ? "" : `?connection_id=${connection}`}`}
        >
          New user
        </a>
      }
    >
      <LinksBar label="Scope" links={scopeLinks(query)} />
      <UserFilters key={JSON.stringify(filters)} asked={filters} failure={failureIn(users)} />
      <ShowLoaded loading={users}>
        {({ users: rows, next_cursor, total }) =>
          rows.length === 0 ? (
            <Empty title={isNarrowed ? "No user matches" : "No users yet"}>
              <p>
                {isNarrowed
                  ? "Remove a filter, or search all users."
                  : "Partners create users through the API. You can also create one under a connection."}
              </p>
            </Empty>
          ) : (
            <UserList
              key={JSON.stringify(wanted)}
              rows={rows}
              total={total}
              asked={asked}
              sorting={sorting}
              page={page}
              next={next_cursor}
              onChanged={users.reload}
            />
          )
        }
      </ShowLoaded>
    </Page>
  );
}

interface UserListProps {
  rows: readonly User[];
  total: { count: number; is_more: boolean };
  asked: AskedUsers;
  sorting: Sorting;
  page: CursorPage;
  /** The cursor of the next page. */
  next: string | null;
  onChanged(): void;
}

/** Shows one page of users, with the actions on many. */
function UserList({ rows, total, asked, sorting, page, next, onChanged }: UserListProps) {
  const { chosen, choose, chooseAll } = useChoice(rows.map(({ id }) => id));
  const finish = () => {
    chooseAll(false);
    onChanged();
  };
  return (
    <>
      <UserToolbar
        onPage={rows.length}
        chosen={[...chosen]}
        asked={asked}
        total={total}
        onChooseAll={chooseAll}
        onDone={finish}
      />
      <DataTable
        caption="Users"
        columns={COLUMNS}
        rows={rows}
        toKey={({ id }) => id}
        choice={{ chosen, onChoose: choose, toName: nameUser }}
        sorting={sorting}
      />
      <Pager onFirst={page.first} onPrevious={page.previous} onNext={page.next(next)} />
    </>
  );
}

const nameUser = ({ tag, email }: User) => (email === null ? tag : `${tag}, ${email}`);
