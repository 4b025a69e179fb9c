import type { Failure } from "../api/failure.ts";

interface FailureNoteProps {
  failure: Failure;
  onRetry?: () => void;
  /** What is shown below is older than it seems. */
  isStale?: boolean;
}

/** Whether somebody would have to look into the logs. */
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
