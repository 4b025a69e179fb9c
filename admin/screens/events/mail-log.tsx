import { useLocation, useRoute } from "preact-iso";
import { api, parseAnswer, until } from "../../api/client.ts";
import { Page } from "../../frame/page.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { Filters } from "../../parts/lists/filters.tsx";
import { MAIL_STATE_WORDS } from "../../parts/states/mail-state.tsx";
import { Pager } from "../../parts/lists/pager.tsx";
import { SelectField } from "../../parts/forms/select-field.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { TimeField } from "../../parts/forms/time-field.tsx";
import { useCursor } from "../../parts/lists/use-cursor.ts";
import { failureIn, useLoaded } from "../../parts/use-loaded.ts";
import { mailFilter, type MailLogFilter } from "./mail-filter.ts";
import { MailTable } from "./mail-table.tsx";

const STATES = Object.entries(MAIL_STATE_WORDS).map(
  ([state, [, words]]) => [state, words] as const,
);

/** Lists what happened to each mail of a user, newest first. */
export function MailLogScreen() {
  const { query } = useLocation();
  const { id = "" } = useRoute().params;
  const page = useCursor();
  const asked: MailLogFilter = mailFilter(query);
  const list = api.users[":id"]["mail-log"];
  const log = useLoaded(
    (signal) =>
      parseAnswer(list.$get({ param: { id }, query: { ...asked, ...page.query } }, until(signal))),
    { key: JSON.stringify({ id, ...asked, ...page.query }), everyMs: 15_000 },
  );
  const isFiltered = Object.keys(asked).length > 0;
  const tag = log.loaded.step === "loaded" ? log.loaded.value.user.tag : "User";
  const crumbs = [
    { title: "Users", href: "/admin/users" },
    { title: tag, href: `/admin/users/${id}` },
  ];
  return (
    <Page title="Mail log" crumbs={crumbs}>
      <Filters key={JSON.stringify(asked)} isFiltered={isFiltered} failure={failureIn(log)}>
        <SelectField
          name="state"
          label="State"
          options={[["", "any"], ...STATES]}
          value={asked.state ?? ""}
        />
        <TimeField name="since" label="Recorded since" value={asked.since ?? ""} />
        <TimeField name="until" label="Recorded before" value={asked.until ?? ""} />
      </Filters>
      <ShowLoaded loading={log}>
        {({ mails, next_cursor }) =>
          mails.length === 0 ? (
            <Empty title={isFiltered ? "No mail matches" : "No mail seen yet"}>
              <p>
                {isFiltered
                  ? "Remove a filter."
                  : "New mail appears here. To read mail that is already in the mailbox, start a sweep."}
              </p>
            </Empty>
          ) : (
            <>
              <MailTable mails={mails} />
              <Pager onFirst={page.first} onNext={page.next(next_cursor)} />
            </>
          )
        }
      </ShowLoaded>
    </Page>
  );
}
