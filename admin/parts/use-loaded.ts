import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type Failure, toFailure } from "../api/failure.ts";
import { useOnSignedOut } from "../session/signed-out.ts";

export type Loaded<T> =
  | { step: "loading" }
  | { step: "failed"; failure: Failure }
  /**
   * `atMs` is the time of the answer. `stale` is the reason why the last refresh failed; null when
   * it succeeded.
   */
  | { step: "loaded"; value: T; atMs: number; stale: Failure | null };

export interface Loading<T> {
  loaded: Loaded<T>;
  /** Requests the value again. The current value is shown until the answer arrives. */
  reload(): void;
}

/** Returns why the newest request failed. Returns null while it runs, and after it succeeded. */
export const newestFailure = ({ loaded }: Loading<unknown>): Failure | null =>
  loaded.step === "failed" ? loaded.failure : loaded.step === "loaded" ? loaded.stale : null;

/** Returns why loading failed. Returns null while the value is loading, and after it was loaded. */
export const failureIn = ({ loaded }: Loading<unknown>): Failure | null =>
  loaded.step === "failed" ? loaded.failure : null;

interface LoadOptions {
  /** Identifies the requested value. When the key changes, the old value is discarded. */
  key: string;
  /**
   * If given, the value is requested again this long after each answer, while the page is visible.
   */
  everyMs?: number;
  /** How long to wait for an answer. */
  timeoutMs?: number;
}

/** Longer than any request waits for an instance of the fleet. */
const TIMEOUT_MS = 45_000;

/**
 * Requests a value from the server: at first, when `key` changes, and at each `reload()`. Uses only
 * the answer to the newest request.
 */
export function useLoaded<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  { key, everyMs, timeoutMs = TIMEOUT_MS }: LoadOptions,
): Loading<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ step: "loading" });
  const [round, setRound] = useState(0);
  const question = useRef(ask);
  const onSignedOut = useOnSignedOut();
  question.current = ask;
  const reload = useCallback(() => setRound((last) => last + 1), []);

  // A value that belongs to another key must not be shown.
  useEffect(() => setLoaded({ step: "loading" }), [key]);

  useEffect(() => {
    const asking = new AbortController();
    const take = (value: T) => setLoaded({ step: "loaded", value, atMs: Date.now(), stale: null });
    const fail = (error: unknown) => {
      if (asking.signal.aborted) return;
      const failure = toFailure(error);
      if (failure.code === "sign-in-required") return onSignedOut();
      setLoaded((before) =>
        before.step === "loaded" ? { ...before, stale: failure } : { step: "failed", failure },
      );
    };
    const timeout = AbortSignal.timeout(timeoutMs);
    void question
      .current(AbortSignal.any([asking.signal, timeout]))
      .then((value) => void (asking.signal.aborted || take(value)), fail);
    return () => asking.abort();
  }, [key, round, timeoutMs, onSignedOut]);

  useRefresh(reload, everyMs, loaded);
  return { loaded, reload };
}

/**
 * Calls `reload` `everyMs` milliseconds after the last answer, unless the page is hidden at that
 * time. Also calls `reload` immediately when the page becomes visible again.
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
