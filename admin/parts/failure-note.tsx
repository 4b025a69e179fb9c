import { useLocation } from "preact-iso";
import type { Failure } from "../api/failure.ts";
import { findListLink } from "../frame/menu.ts";

interface FailureNoteProps {
  failure: Failure;
  onRetry?: () => void;
  /**
   * Whether the content below this note is old: the newest request failed, so the page still shows
   * an earlier answer.
   */
  isStale?: boolean;
}

/**
 * Whether the error is on the server's side. If so, the page shows the request's id, so that an
 * operator can find the request in the logs.
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

/** Says that an item does not exist, and links to the list in which it would be. */
export function NotFoundNote({ failure }: { failure: Failure }) {
  const { title, href } = findListLink(useLocation().path);
  return (
    <div class="note note-bad" role="alert">
      <p>{failure.message}. The address may be mistyped, or the item was deleted.</p>
      <a href={href}>Go to {title}</a>
    </div>
  );
}
