import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type Failure, failureOf } from "../api/failure.ts";
import { useOnSignedOut } from "../session/signed-out.ts";

export type Loaded<T> =
  | { step: "loading" }
  | { step: "failed"; failure: Failure }
  /** `stale`: why it could not be refreshed since. */
  | { step: "loaded"; value: T; stale: Failure | null };

export interface Loading<T> {
  loaded: Loaded<T>;
  /** Asks again, and shows what is there until the answer comes. */
  reload(): void;
}

/** Why there is no answer, if there is none. */
export const failureIn = ({ loaded }: Loading<unknown>): Failure | null =>
  loaded.step === "failed" ? loaded.failure : null;

interface LoadOptions {
  /** What is asked for: another key is another question. */
  key: string;
  /** Asks again after so long, for as long as the page is looked at. */
  everyMs?: number;
}

/** Asks the server, and again when told to. Only the answer to the last question counts. */
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

  // Another question has no answer yet.
  useEffect(() => setLoaded({ step: "loading" }), [key]);

  useEffect(() => {
    const asking = new AbortController();
    const take = (value: T) => setLoaded({ step: "loaded", value, stale: null });
    const fail = (error: unknown) => {
      if (asking.signal.aborted) return;
      const failure = failureOf(error);
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

/** Asks again some time after each answer, and at once when the page is looked at again. */
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
