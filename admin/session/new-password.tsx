import { PasswordForm } from "./password-form.tsx";

/** Asks an admin with a one-time password for a new one. */
export const NewPassword = (on: { onChanged(): Promise<void>; onLeave(): void }) => (
  <main class="door">
    <article>
      <h1>Choose a password of your own</h1>
      <p>The one you came in with was made for you, and opens nothing but this change.</p>
      <PasswordForm onChanged={on.onChanged} onCancel={on.onLeave} />
    </article>
  </main>
);
