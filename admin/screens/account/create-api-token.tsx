import { useState } from "preact/hooks";
import { ADMIN_ROLES, hasRole } from "../../../shared/admin-roles.ts";
import { api, parseAnswer } from "../../api/client.ts";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { Field } from "../../parts/forms/field.tsx";
import type { Fields } from "../../parts/forms/fields.ts";
import { Form } from "../../parts/forms/form.tsx";
import { SelectField } from "../../parts/forms/select-field.tsx";
import { Secret } from "../../parts/secret.tsx";
import { ROLE_WORDS } from "../../session/role-words.ts";
import { useSession } from "../../session/session.tsx";

const EXPIRIES = [
  ["7", "7 days"],
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "1 year"],
] as const;

/** Creates an API token, and shows it once. */
export function CreateApiToken({ onClose, onCreated }: { onClose(): void; onCreated(): void }) {
  const { admin } = useSession();
  const [token, setToken] = useState<string | null>(null);
  const create = async ({ name = "", role, expires_in_days = "30" }: Fields) => {
    const json = {
      name,
      role: ADMIN_ROLES.find((one) => one === role) ?? "viewer",
      expires_in_days: Number(expires_in_days),
    };
    setToken((await parseAnswer(api["api-tokens"].$post({ json }))).token);
    onCreated();
  };
  if (token !== null) {
    return (
      <Dialog title="Save this token" onClose={onClose}>
        <Secret label="API token" value={token} />
        <p>It works immediately. It is not shown again.</p>
        <button type="button" onClick={onClose}>
          I have saved it
        </button>
      </Dialog>
    );
  }
  return (
    <Dialog title="Create an API token" onClose={onClose}>
      <Form submit="Create" onSubmit={create} onCancel={onClose}>
        <Field
          name="name"
          label="Name"
          hint="What the token is for, such as the program that uses it."
          autocomplete="off"
          required
        />
        <SelectField
          name="role"
          label="Role"
          hint="Choose the lowest role that the program needs."
          value="viewer"
          options={ADMIN_ROLES.filter((one) => hasRole(admin.role, one)).map(
            (one) => [one, `${one}: ${ROLE_WORDS[one]}`] as const,
          )}
        />
        <SelectField name="expires_in_days" label="Expires after" value="30" options={EXPIRIES} />
      </Form>
    </Dialog>
  );
}
