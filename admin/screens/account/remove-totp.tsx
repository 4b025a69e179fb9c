import { api, done } from "../../api/client.ts";
import { Field } from "../../parts/forms/field.tsx";
import type { Fields } from "../../parts/forms/fields.ts";
import { Form } from "../../parts/forms/form.tsx";

export function RemoveTotp({ onRemoved, onCancel }: { onRemoved(): void; onCancel(): void }) {
  const remove = async ({ password = "", code = "" }: Fields) => {
    await done(api.totp.$delete({ json: { password, code } }));
    onRemoved();
  };
  return (
    <Form submit="Turn off" isDangerous onSubmit={remove} onCancel={onCancel}>
      <Field
        name="password"
        label="Password"
        type="password"
        autocomplete="current-password"
        required
      />
      <Field
        name="code"
        label="Code"
        hint="From your app, or a recovery code."
        autocomplete="one-time-code"
        required
      />
    </Form>
  );
}
