import { api, parseAnswer, until } from "../../api/client.ts";
import { Page } from "../../frame/page.tsx";
import { JobProgress } from "../../parts/job-progress.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { useLoaded } from "../../parts/use-loaded.ts";

/** Shows the progress of a connection's removal. */
export function PurgeProgress({ id }: { id: string }) {
  const purge = useLoaded(
    (signal) => parseAnswer(api.purges[":id"].$get({ param: { id } }, until(signal))),
    { key: id, everyMs: 2_000 },
  );
  return (
    <Page title="Deleting a connection" crumbs={[{ title: "Partners", href: "/admin/partners" }]}>
      <ShowLoaded loading={purge}>
        {({ state, done, total }) => (
          <JobProgress title="Deleting users" done={done} total={total} unit="users">
            {state === "finished" ? (
              <p role="status">The connection and all its data are deleted.</p>
            ) : (
              <p class="muted">
                Its mail is no longer read or delivered. The deletion continues when you leave this
                page. It ends a few minutes after the last user is deleted, when all deliveries in
                progress have ended.
              </p>
            )}
          </JobProgress>
        )}
      </ShowLoaded>
    </Page>
  );
}
