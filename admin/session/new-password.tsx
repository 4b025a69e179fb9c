import { PasswordForm } from "./password-form.tsx";

/** Asks for a new password. Shown to an admin who signed in with a one-time password. */
export const NewPassword = (on: { onChanged(): Promise<void>; onLeave(): void }) => (
  <main class="door">
    <article>
      <h1>Set a new password</h1>
      <p>You signed in with a one-time password. It only lets you set a new password.</p>
      <PasswordForm onChanged={on.onChanged} onCancel={on.onLeave} />
    </article>
  </main>
);
