import { JobProgress } from "../../parts/job-progress.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import type { ShownPartner } from "./partner-answer.ts";

/** Shows the progress of a partner's removal. */
export const RemovalNote = ({ partner: { removal, removed_at } }: { partner: ShownPartner }) => (
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
        This continues when you leave the page. Some minutes after the last user the partner itself
        is gone, when nothing that was under way for it can arrive any more.
      </p>
    </JobProgress>
  </>
);
