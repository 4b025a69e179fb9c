import type { Failure } from "../api/failure.ts";

interface FailureNoteProps {
  failure: Failure;
  onRetry?: () => void;
  /** Whether the content below could not be refreshed and may be outdated. */
  isStale?: boolean;
}

/**
 * Whether the fault is on our side. If so, the request's id is shown, by which the logs can be
 * searched.
 */
const isOurs = ({ code, requestId }: Failure) =>
  requestId !== undefined && ["internal", "unavailable", "timeout"].includes(code);

export function FailureNote({ failure, onRetry, isStale = false }: FailureNoteProps) {
  return (
    <div class="note note-bad" role="alert">
      <p>
        {isStale && "This could not be refreshed: "}
        {failure.message}.{isOurs(failure) && <small> Request {failure.requestId}.</small>}
      </p>
      {onRetry && (
        <button type="button" class="small secondary" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
