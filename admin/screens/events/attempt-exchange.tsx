import { Facts } from "../../parts/facts.tsx";
import type { ShownAttempt } from "../../parts/attempts/attempt.ts";
import { formatDuration } from "../../parts/time/duration.ts";
import { formatExactTime } from "../../parts/time/exact-time.ts";
import { formatSize } from "../../parts/format-size.ts";

interface AttemptExchangeProps {
  attempt: ShownAttempt;
  /** Whether the details are shown at first. */
  isOpen: boolean;
}

/** Shows what one attempt sent, and what the endpoint answered. */
export function AttemptExchange({ attempt, isOpen }: AttemptExchangeProps) {
  const { number, request, answer, answer_headers, status, error, duration_ms } = attempt;
  return (
    <details class="exchange" open={isOpen}>
      <summary>
        Attempt {number}: {status ?? error ?? "no answer"} after {formatDuration(duration_ms)}
      </summary>
      <p class="muted">{formatExactTime(attempt.attempted_at)}</p>
      <h3>Request</h3>
      {request === null ? (
        <p class="muted">No request was sent, or an earlier version recorded this attempt.</p>
      ) : (
        <>
          <pre>
            <code>{[`POST ${request.url}`, ...toLines(request.headers)].join("\n")}</code>
          </pre>
          <Facts
            facts={[
              ["Body", `${formatSize(request.body_bytes)} (the content is not stored)`],
              ["SHA-256 of the body", <code>{request.body_sha256}</code>],
            ]}
          />
        </>
      )}
      <h3>Answer</h3>
      {status === null ? (
        <p>{error}</p>
      ) : (
        <pre>
          <code>
            {[`HTTP ${status}`, ...toLines(answer_headers ?? {}), "", answer ?? ""].join("\n")}
          </code>
        </pre>
      )}
    </details>
  );
}

const toLines = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
