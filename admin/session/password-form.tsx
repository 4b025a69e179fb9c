import { api, done } from "../api/client.ts";
import { Field } from "../parts/forms/field.tsx";
import type { Fields } from "../parts/forms/fields.ts";
import { Form } from "../parts/forms/form.tsx";

interface PasswordFormProps {
  onChanged(): Promise<void>;
  onCancel(): void;
}

export function PasswordForm({ onChanged, onCancel }: PasswordFormProps) {
  const change = async ({ old_password = "", new_password = "" }: Fields) => {
    await done(api.password.$post({ json: { old_password, new_password } }));
    await onChanged();
  };
  return (
    <Form submit="Change password" onSubmit={change} onCancel={onCancel}>
      <Field
        name="old_password"
        label="Old password"
        type="password"
        autocomplete="current-password"
        required
      />
      <Field
        name="new_password"
        label="New password"
        type="password"
        autocomplete="new-password"
        hint="At least 12 characters, and not a common password."
        required
      />
    </Form>
  );
}
