import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type Failure, toFailure } from "../api/failure.ts";
import { useOnSignedOut } from "../session/signed-out.ts";

export type Loaded<T> =
  | { step: "loading" }
  | { step: "failed"; failure: Failure }
  /** `stale`: why the last refresh failed; null when it succeeded. */
  | { step: "loaded"; value: T; stale: Failure | null };

export interface Loading<T> {
  loaded: Loaded<T>;
  /** Requests the value again; the current one is shown until the answer arrives. */
  reload(): void;
}

/** Returns why loading failed; null while the value is loading, and when there is a value. */
export const failureIn = ({ loaded }: Loading<unknown>): Failure | null =>
  loaded.step === "failed" ? loaded.failure : null;

interface LoadOptions {
  /** Identifies the requested value. When the key changes, the old value is dropped. */
  key: string;
  /**
   * The time between an answer and the next request, which is sent only while the page is visible.
   */
  everyMs?: number;
}

/**
 * Requests a value from the server at first and at each `reload`. Only the answer to the newest
 * request is used.
 */
export function useLoaded<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  { key, everyMs }: LoadOptions,
): Loading<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ step: "loading" });
  const [round, setRound] = useState(0);
  const question = useRef(ask);
  const onSignedOut = useOnSignedOut();
  question.current = ask;
  const reload = useCallback(() => setRound((last) => last + 1), []);

  // The old value belongs to the old key, so it is dropped.
  useEffect(() => setLoaded({ step: "loading" }), [key]);

  useEffect(() => {
    const asking = new AbortController();
    const take = (value: T) => setLoaded({ step: "loaded", value, stale: null });
    const fail = (error: unknown) => {
      if (asking.signal.aborted) return;
      const failure = toFailure(error);
      if (failure.code === "sign-in-required") return onSignedOut();
      setLoaded((before) =>
        before.step === "loaded" ? { ...before, stale: failure } : { step: "failed", failure },
      );
    };
    void question
      .current(asking.signal)
      .then((value) => void (asking.signal.aborted || take(value)), fail);
    return () => asking.abort();
  }, [key, round, onSignedOut]);

  useRefresh(reload, everyMs, loaded);
  return { loaded, reload };
}

/**
 * Repeats the request `everyMs` after each answer, and immediately when the page becomes visible
 * again.
 */
function useRefresh(reload: () => void, everyMs: number | undefined, answer: unknown): void {
  useEffect(() => {
    if (everyMs === undefined) return undefined;
    const refresh = () => void (document.visibilityState === "visible" && reload());
    const timer = setTimeout(refresh, everyMs);
    document.addEventListener("visibilitychange", refresh);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", refresh);
    };
  }, [reload, everyMs, answer]);
}
