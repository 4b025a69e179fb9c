import { useEffect, useState } from "preact/hooks";
import { api, parseAnswer } from "../api/client.ts";
import { toFailure } from "../api/failure.ts";
import { Field } from "../parts/forms/field.tsx";
import type { Fields } from "../parts/forms/fields.ts";
import { Form } from "../parts/forms/form.tsx";
import { PasskeyButton } from "./passkey-button.tsx";
import type { Who } from "./session.tsx";

interface SignInProps {
  onSignedIn(who: Who): void;
  /** Whether the session ended while the admin was working. */
  wasIn: boolean;
}

/** Asks for the password, and then for a code if the account has a second factor. */
export function SignIn({ onSignedIn, wasIn }: SignInProps) {
  const [known, setKnown] = useState<{ email: string; password: string } | null>(null);
  useEffect(() => {
    document.title = "Sign in · SuperIMAP";
  }, []);

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

  return (
    <main class="door">
      <article>
        <h1>Sign in to SuperIMAP</h1>
        {wasIn && <p>Your session has ended. Sign in again to continue where you were.</p>}
        {known === null ? (
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
        <PasskeyButton onSignedIn={onSignedIn} />
      </article>
    </main>
  );
}
