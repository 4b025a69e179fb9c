import type { ShownAttempt } from "./attempt.ts";
import { StatusBadge } from "../states/status-badge.tsx";
import { type Column, DataTable } from "../lists/data-table.tsx";
import { formatDuration } from "../time/duration.ts";
import { TimeAgo } from "../time/time-ago.tsx";

const COLUMNS: readonly Column<ShownAttempt>[] = [
  { title: "Attempt", isNumber: true, cell: ({ number }) => number },
  { title: "When", cell: ({ attempted_at }) => <TimeAgo at={attempted_at} /> },
  { title: "Duration", isNumber: true, cell: ({ duration_ms }) => formatDuration(duration_ms) },
  { title: "Answer", cell: (attempt) => <AttemptAnswer attempt={attempt} /> },
];

/** A table of the attempts of one event. */
export const AttemptsTable = ({ attempts }: { attempts: readonly ShownAttempt[] }) => (
  <DataTable
    caption="Attempts"
    columns={COLUMNS}
    rows={attempts}
    toKey={({ attempt, attempted_at }) => `${attempt} ${attempted_at}`}
  />
);

/**
 * Shows the status and the beginning of the endpoint's answer, or the reason why there was no
 * answer.
 */
export function AttemptAnswer({
  attempt: { status, error, answer },
}: {
  attempt: Pick<ShownAttempt, "status" | "error" | "answer">;
}) {
  return (
    <div class="answer">
      <StatusBadge status={status} />
      {status === null && error !== null && <span>{error}</span>}
      {answer && <AnswerText text={answer} />}
    </div>
  );
}

/** Answers up to this number of characters (about one line of the table) are shown whole. */
const SHORT = 80;

const AnswerText = ({ text }: { text: string }) =>
  text.length <= SHORT ? (
    <code>{text}</code>
  ) : (
    <details>
      <summary>
        <code>{text.slice(0, SHORT)} …</code>
      </summary>
      <code>{text}</code>
    </details>
  );
