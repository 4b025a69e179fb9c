import { useRoute } from "preact-iso";
import { useState } from "preact/hooks";
import { api, parseAnswer, until } from "../../api/client.ts";
import { Page } from "../../frame/page.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { useLoaded } from "../../parts/use-loaded.ts";
import { PartnerDialog, type PartnerTask } from "./partner-dialog.tsx";
import { PartnerSections } from "./partner-sections.tsx";
import { JobProgress } from "../../parts/job-progress.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import type { ShownPartner } from "./partner-answer.ts";

const CRUMBS = [{ title: "Partners", href: "/admin/partners" }];

/** Shows one partner with all its settings. */
export function PartnerScreen() {
  const { id = "" } = useRoute().params;
  const partner = useLoaded(
    (signal) => parseAnswer(api.partners[":id"].$get({ param: { id } }, until(signal))),
    { key: id, everyMs: 3_000 },
  );
  const [task, setTask] = useState<PartnerTask | null>(null);
  const known = partner.loaded.step === "loaded" ? partner.loaded : null;
  if (known?.stale?.code === "not-found") {
    return (
      <Page title={known.value.name} crumbs={CRUMBS}>
        <Empty title="The partner and all its data are deleted">
          <p>
            <a href="/admin/partners">Go to the partners</a>
          </p>
        </Empty>
      </Page>
    );
  }
  const isLiving = known?.value.removed_at === null;
  const ask = (kind: PartnerTask, title: string, look: string) => (
    <button type="button" class={look} onClick={() => setTask(kind)}>
      {title}
    </button>
  );
  return (
    <Page
      title={known?.value.name ?? "Partner"}
      crumbs={CRUMBS}
      actionsNeed="operator"
      actions={
        isLiving && (
          <>
            {ask("test", "Send a test webhook", "secondary")}
            {ask("rename", "Rename", "secondary outline")}
            {ask("remove", "Delete", "secondary outline")}
          </>
        )
      }
    >
      <ShowLoaded loading={partner}>
        {(value) =>
          value.removed_at === null ? (
            <PartnerSections partner={value} onChanged={partner.reload} />
          ) : (
            <RemovalNote partner={value} />
          )
        }
      </ShowLoaded>
      {known && task && (
        <PartnerDialog
          task={task}
          partner={known.value}
          onClose={() => setTask(null)}
          onChanged={partner.reload}
        />
      )}
    </Page>
  );
}

/** Shows the progress of a partner's removal. */
const RemovalNote = ({ partner: { removal, removed_at } }: { partner: ShownPartner }) => (
  <>
    <p>
      Its removal began <TimeAgo at={removed_at} />. Its API keys no longer work, and its mail is no
      longer read or delivered. Its users' data is being deleted, user by user.
    </p>
    <JobProgress
      title="Deleting users"
      done={removal?.done ?? 0}
      total={removal?.total ?? 0}
      unit="users"
    >
      <p class="muted">
        The deletion continues when you leave this page. The partner itself is deleted a few minutes
        after its last user, when all deliveries in progress have ended.
      </p>
    </JobProgress>
  </>
);
