import type { InferResponseType } from "hono/client";
import { type ComponentChildren, createContext } from "preact";
import { useCallback, useContext, useEffect, useState } from "preact/hooks";
import { api, done, parseAnswer, until } from "../api/client.ts";
import { type Failure, toFailure } from "../api/failure.ts";
import { FailureNote } from "../parts/failure-note.tsx";
import { SignIn } from "./sign-in.tsx";
import { OnSignedOut } from "./signed-out.ts";
import { PasswordForm } from "./password-form.tsx";

export type Who = InferResponseType<typeof api.session.$get, 200>;

interface Session {
  admin: Who["admin"];
  defaultPassword: boolean;
  /**
   * Requests the session's data again. Call this after the signed-in admin's own account has
   * changed.
   */
  refresh(): Promise<void>;
  signOut(): void;
}

const SessionContext = createContext<Session | null>(null);

/** Returns the session. Throws in components that are not inside `SignedIn`. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("Cannot use the session: nobody is signed in");
  return session;
}

/** How long the page waits for the session, and when it tries again after a failure. */
const TIMEOUT_MS = 10_000;
const RETRY_MS = 5_000;

type Standing =
  | { step: "unknown" }
  | { step: "failed"; failure: Failure }
  | { step: "out"; wasIn: boolean }
  | { step: "in"; who: Who };

/** Shows its children if an admin is signed in, otherwise the sign-in form. */
export function SignedIn({ children }: { children: ComponentChildren }) {
  const [standing, setStanding] = useState<Standing>({ step: "unknown" });
  const onSignedOut = useCallback(() => setStanding({ step: "out", wasIn: true }), []);
  const admit = useCallback((who: Who) => setStanding({ step: "in", who }), []);

  const refresh = useCallback(async () => {
    try {
      admit(await parseAnswer(api.session.$get({}, until(AbortSignal.timeout(TIMEOUT_MS)))));
    } catch (error) {
      const failure = toFailure(error);
      if (failure.code === "sign-in-required") setStanding({ step: "out", wasIn: false });
      else setStanding({ step: "failed", failure });
    }
  }, [admit]);
  useEffect(() => void refresh(), [refresh]);
  useEffect(() => {
    if (standing.step !== "failed") return undefined;
    const timer = setTimeout(() => void refresh(), RETRY_MS);
    return () => clearTimeout(timer);
  }, [standing, refresh]);

  const signOut = () =>
    void done(api.session.$delete()).then(
      () => setStanding({ step: "out", wasIn: false }),
      // Even if the request failed, the page must stop showing its content.
      onSignedOut,
    );

  switch (standing.step) {
    case "unknown":
      return <main class="door" aria-busy="true" />;
    case "failed":
      return (
        <main class="door">
          <h1>SuperIMAP</h1>
          <FailureNote failure={standing.failure} onRetry={() => void refresh()} />
        </main>
      );
    case "out":
      return <SignIn onSignedIn={admit} wasIn={standing.wasIn} />;
    case "in": {
      const { admin, default_password, must_change_password } = standing.who;
      if (must_change_password) return <NewPassword onChanged={refresh} onLeave={signOut} />;
      const session = { admin, defaultPassword: default_password, refresh, signOut };
      return (
        <OnSignedOut.Provider value={onSignedOut}>
          <SessionContext.Provider value={session}>{children}</SessionContext.Provider>
        </OnSignedOut.Provider>
      );
    }
  }
}

/** Asks for a new password. Shown to an admin who signed in with a one-time password. */
const NewPassword = (on: { onChanged(): Promise<void>; onLeave(): void }) => (
  <main class="door">
    <article>
      <h1>Set a new password</h1>
      <p>You signed in with a one-time password. It only lets you set a new password.</p>
      <PasswordForm onChanged={on.onChanged} onCancel={on.onLeave} />
    </article>
  </main>
);
