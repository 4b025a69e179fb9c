import type { InferResponseType } from "hono/client";
import { useLocation } from "preact-iso";
import { api, parseAnswer, until } from "../../api/client.ts";
import { Page } from "../../frame/page.tsx";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { Field } from "../../parts/forms/field.tsx";
import { Filters } from "../../parts/lists/filters.tsx";
import { Pager } from "../../parts/lists/pager.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import { Total } from "../../parts/lists/total.tsx";
import { useCursor } from "../../parts/lists/use-cursor.ts";
import { useSorting } from "../../parts/lists/use-sorting.ts";
import { useLoaded } from "../../parts/use-loaded.ts";
import { describeChange } from "./describe-change.ts";

type AuditLog = InferResponseType<(typeof api)["audit-log"]["$get"], 200>;
type Entry = AuditLog["entries"][number];

const COLUMNS: readonly Column<Entry>[] = [
  { title: "When", sort: "-at", cell: ({ at }) => <TimeAgo at={at} /> },
  {
    title: "Actor",
    cell: ({ actor, actor_name, by_api_token }) => (
      <span title={actor}>
        {actor_name ?? actor}
        {by_api_token && " (API token)"}
      </span>
    ),
  },
  { title: "Action", cell: ({ action }) => <code class="word">{action}</code> },
  { title: "Subject", cell: (entry) => <AuditSubject entry={entry} /> },
  { title: "Change", cell: (entry) => <AuditChange entry={entry} /> },
];

const ORDERS = ["-at", "at"] as const;

/** Lists the entries of the audit log, newest first if no other order is chosen. */
export function AuditLogScreen() {
  const { query } = useLocation();
  const page = useCursor();
  const { actor, action, subject_id } = query;
  const asked = {
    ...(actor && { actor }),
    ...(action && { action }),
    ...(subject_id && { subject_id }),
  };
  const sorting = useSorting(ORDERS);
  const wanted = { ...asked, sort: sorting.order, ...page.query };
  const entries = useLoaded(
    (signal) => parseAnswer(api["audit-log"].$get({ query: wanted }, until(signal))),
    { key: JSON.stringify(wanted) },
  );
  const isFiltered = Object.keys(asked).length > 0;
  return (
    <Page title="Audit log">
      <Filters key={JSON.stringify(asked)} isFiltered={isFiltered}>
        <Field name="actor" label="Actor" placeholder="admin:adm_…" value={actor ?? ""} />
        <Field name="action" label="Action" placeholder="admin.created" value={action ?? ""} />
        <Field name="subject_id" label="Subject" placeholder="usr_…" value={subject_id ?? ""} />
      </Filters>
      <ShowLoaded loading={entries}>
        {({ entries: rows, next_cursor, total }) =>
          rows.length === 0 ? (
            <Empty title={isFiltered ? "No matching entries" : "No entries yet"}>
              <p>
                {isFiltered
                  ? "Nothing matches. Remove a filter."
                  : "Changes by admins and partners appear here."}
              </p>
            </Empty>
          ) : (
            <>
              <Total total={total} one="entry" many="entries" />
              <DataTable
                caption="Audit log"
                columns={COLUMNS}
                rows={rows}
                toKey={({ id }) => id}
                sorting={sorting}
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
    </Page>
  );
}

/** Shows each changed field with its old and new value. */
function AuditChange({ entry }: { entry: Entry }) {
  const changes = describeChange(entry);
  if (changes.length === 0) return <span class="muted">–</span>;
  return (
    <dl class="change">
      {changes.map(({ field, before, after }) => (
        <div key={field}>
          <dt>{field}</dt>
          <dd>
            {before !== undefined && <del>{before}</del>}
            {before !== undefined && after !== undefined && " → "}
            {after !== undefined && <span>{after}</span>}
            {before === undefined && after === undefined && (
              <span class="muted">changed, value not recorded</span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

const SCREENS: Readonly<Record<string, string>> = {
  user: "users",
  partner: "partners",
  connection: "connections",
  provider: "providers",
};

function AuditSubject({ entry: { subject_type, subject_id } }: { entry: Entry }) {
  const screen = SCREENS[subject_type];
  const id = <code class="word">{subject_id}</code>;
  return screen === undefined ? id : <a href={`/admin/${screen}/${subject_id}`}>{id}</a>;
}
