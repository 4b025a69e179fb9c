import type { InferResponseType } from "hono/client";
import { useEffect, useState } from "preact/hooks";
import { api, parseAnswer, until } from "../api/client.ts";
import { toFailure } from "../api/failure.ts";
import { Field } from "../parts/forms/field.tsx";
import type { Fields } from "../parts/forms/fields.ts";
import { Form } from "../parts/forms/form.tsx";
import { PasskeyButton } from "./passkey-button.tsx";
import type { Who } from "./session.tsx";
import { SsoButton, SsoFailureNote } from "./sso.tsx";

interface SignInProps {
  onSignedIn(who: Who): void;
  /** Whether the session ended while the admin was working. */
  wasIn: boolean;
}

type Methods = InferResponseType<typeof api.session.methods.$get, 200>;

/** What is shown when the server does not say how admins can sign in. */
const PASSWORD_ONLY: Methods = { own: true, sso: null };
const METHODS_TIMEOUT_MS = 5_000;

/**
 * Offers single sign-on if it is set up, and asks for the password, and then for a code if the
 * account has a second factor.
 */
export function SignIn({ onSignedIn, wasIn }: SignInProps) {
  const [methods, setMethods] = useState<Methods | null>(null);
  const [known, setKnown] = useState<{ email: string; password: string } | null>(null);
  useEffect(() => {
    document.title = "Sign in · SuperIMAP";
  }, []);

  useEffect(() => {
    const signal = AbortSignal.timeout(METHODS_TIMEOUT_MS);
    void parseAnswer(api.session.methods.$get({}, until(signal))).then(setMethods, () =>
      setMethods(PASSWORD_ONLY),
    );
  }, []);
  const showPassword = () => setMethods(PASSWORD_ONLY);

  const tryPassword = async ({ email = "", password = "" }: Fields) => {
    try {
      onSignedIn(await parseAnswer(api.session.$post({ json: { email, password } })));
    } catch (error) {
      if (toFailure(error).code !== "code-required") throw error;
      setKnown({ email, password });
    }
  };
  const tryCode = async ({ code = "" }: Fields) => {
    if (known) onSignedIn(await parseAnswer(api.session.$post({ json: { ...known, code } })));
  };

  if (methods === null) return <main class="door" aria-busy="true" />;
  return (
    <main class="door">
      <article>
        <h1>Sign in to SuperIMAP</h1>
        {wasIn && <p>Your session has ended. Sign in again to continue where you were.</p>}
        <SsoFailureNote />
        {methods.sso && <SsoButton name={methods.sso.name} />}
        {!methods.own ? (
          <button type="button" class="small secondary outline" onClick={showPassword}>
            Use a password set by a command
          </button>
        ) : known === null ? (
          <Form key="password" submit="Sign in" submitting="Signing in …" onSubmit={tryPassword}>
            <Field
              name="email"
              label="E-mail"
              type="email"
              autocomplete="username"
              required
              autofocus
            />
            <Field
              name="password"
              label="Password"
              type="password"
              autocomplete="current-password"
              required
            />
          </Form>
        ) : (
          <Form
            key="code"
            submit="Sign in"
            submitting="Signing in …"
            onSubmit={tryCode}
            onCancel={() => setKnown(null)}
          >
            <Field
              name="code"
              label="Code"
              hint="The six digits from your authenticator app, or a recovery code."
              autocomplete="one-time-code"
              required
              autofocus
            />
          </Form>
        )}
        {methods.own && <PasskeyButton onSignedIn={onSignedIn} />}
      </article>
    </main>
  );
}
