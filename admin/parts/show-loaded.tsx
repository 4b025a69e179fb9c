import type { ComponentChildren } from "preact";
import { FailureNote, NotFoundNote } from "./failure-note.tsx";
import type { Loading } from "./use-loaded.ts";

/** Shows the loaded value. Before that, shows that it is loading, or why loading failed. */
export function ShowLoaded<T>({
  loading: { loaded, reload },
  children,
}: {
  loading: Loading<T>;
  children: (value: T) => ComponentChildren;
}) {
  switch (loaded.step) {
    case "loading":
      return (
        <p class="loading" aria-busy="true">
          Loading …
        </p>
      );
    case "failed":
      return loaded.failure.code === "not-found" ? (
        <NotFoundNote failure={loaded.failure} />
      ) : (
        <FailureNote failure={loaded.failure} onRetry={reload} />
      );
    case "loaded":
      return (
        <>
          {loaded.stale && <FailureNote failure={loaded.stale} onRetry={reload} isStale />}
          {children(loaded.value)}
        </>
      );
  }
}
